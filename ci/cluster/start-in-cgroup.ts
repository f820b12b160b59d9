import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeCgroup, processesIn } from "./cgroup.ts";
import { waitUntil } from "./wait-until.ts";

/** `sh -c` of it, with COUNT FILE... PROGRAM ARGUMENT...: writes its PID to each file, then becomes the program. */
const joinThenBecome =
  'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ >"$1" || exit 1; shift; n=$((n-1)); done; exec "$@"';

/** What is to run where. */
export interface CommandInCgroup {
  /** Relative to the hierarchies' roots. */
  readonly cgroup: string;
  /** The hierarchies in which it joins the cgroup. */
  readonly within: readonly string[];
  readonly command: readonly [string, ...string[]];
}

/** A process to be started and left alone. */
export interface Background extends CommandInCgroup {
  /** Where its output is appended. */
  readonly logFile: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Makes the cgroup and returns the program and arguments that run the command in it. The process joins before it becomes the
 * command's program, and keeps its PID.
 */
export function commandInCgroup({ cgroup, within, command }: CommandInCgroup) {
  makeCgroup(cgroup, within);
  const files = within.map((hierarchy) => join(hierarchy, cgroup, "cgroup.procs"));
  const args = ["-c", joinThenBecome, "sh", String(files.length), ...files, ...command] as const;
  return { program: "sh", args } as const;
}

/**
 * Starts the process in a session of its own and in its cgroup, and returns once it is in it, not when it ends. It
 * joins before it becomes the program: whatever is killed in between, the cgroup shows what `down` has to end.
 */
export async function startInCgroup(background: Background): Promise<void> {
  const { cgroup, logFile, command, cwd, env } = background;
  const { program, args } = commandInCgroup(background);
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  let failure: unknown;
  child.on("error", (error) => {
    failure = error;
  });
  child.unref();
  const hasEnded = () => failure !== undefined || child.exitCode !== null || child.signalCode !== null;
  // One that ended already shows as a daemon that does not become ready, with the end of its log.
  const hasJoined = () => processesIn(cgroup).includes(child.pid ?? 0);
  await waitUntil(`${command[0]} in its cgroup`, 10_000, () => hasEnded() || hasJoined(), 5);
  if (failure !== undefined) throw failure;
}
