import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const mainPath = fileURLToPath(new URL("../main.ts", import.meta.url));

/** How an agent's process ended, and all that it wrote; what nobody read is empty. */
export interface AgentEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An agent that runs as a process. */
export interface AgentProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<AgentEnd>;
}

/** What differs from the tests' own process; `env` replaces the environment. */
export interface AgentProcessOptions extends Pick<SpawnOptions, "env" | "cwd" | "uid" | "gid"> {
  /** Node.js' own flags. */
  readonly nodeFlags?: readonly string[];
  /** Leaves stdout to the caller. */
  readonly leaveStdout?: boolean;
}

/** Starts `prefetcher` with `argv`. */
export function startAgent(argv: readonly string[], options: AgentProcessOptions = {}): AgentProcess {
  const { nodeFlags = [], leaveStdout = false, ...rest } = options;
  const child = spawn(process.execPath, [...nodeFlags, mainPath, ...argv], {
    ...rest,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = async (stream: Readable) => (await stream.toArray()).join("");
  const ended = Promise.all([
    once(child, "exit"),
    leaveStdout ? "" : text(child.stdout),
    text(child.stderr),
  ]).then(
    ([[exitCode], stdout, stderr]): AgentEnd => ({ exitCode: exitCode as number | null, stdout, stderr }),
  );
  return { child, ended };
}

/** The arguments of `prefetcher prefetch` for the instance `my-images` on `node-1`. */
export function prefetchArguments(socketPath: string, ...more: readonly string[]): readonly string[] {
  return [
    "prefetch",
    "--instance=my-images",
    "--owner=default/my-images",
    "--node-name=node-1",
    `--cri-socket=${socketPath}`,
    "--termination-message-path=",
    ...more,
  ];
}

/** The lines of an agent's log. */
export function logLinesIn(stdout: string): readonly Readonly<Record<string, unknown>>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
