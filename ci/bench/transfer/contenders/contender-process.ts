import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { killCgroup, removeCgroup, trackingHierarchy } from "../../../cluster/cgroup.ts";
import { processorMsIn, timeHierarchy } from "../../../cluster/cgroup-time.ts";
import type { Cluster } from "../../../cluster/cluster.ts";
import { commandInCgroup } from "../../../cluster/start-in-cgroup.ts";
import { watchPeakMemory } from "../../../e2e/support/peak-memory.ts";

/** A program that Node.js runs. */
export interface NodeProgram {
  /** For the sentence on how it failed. */
  readonly name: string;
  /** Of Node.js: its own, then the program's file and that one's. */
  readonly args: readonly string[];
  /** Added to an environment that has PATH and HOME alone: nothing that the bench was started with makes a contender another. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program ran that ended with 0. */
export interface ProgramRun {
  /** `performance.now()` when it was executed. */
  readonly startedAtMs: number;
  readonly stdout: string;
  /** Processor time from its execution to its very end, its children's included. */
  readonly cpuSeconds: number | undefined;
  readonly peakRssMiB: number;
}

/**
 * Runs the program in a cgroup of the cluster until it ends. Throws where that is not with 0, with the last lines that it wrote, and the
 * reason of the signal where that aborts; nothing of it runs then any more.
 *
 * The cgroup is what counts the processor time: /proc forgets a process with its end, so that whoever looks there every so often
 * misses what comes last. It has also all that the program may have started, and a `down` of the cluster finds it.
 */
export async function runProgram(
  cluster: Pick<Cluster, "cgroup">,
  { name, args, env = {} }: NodeProgram,
  signal: AbortSignal,
): Promise<ProgramRun> {
  signal.throwIfAborted();
  const cgroup = `${cluster.cgroup}/contender-${randomBytes(4).toString("hex")}`;
  const within = [...new Set([trackingHierarchy(), timeHierarchy()])];
  const command = commandInCgroup({ cgroup, within, command: [process.execPath, ...args] });
  const { PATH = "/usr/bin:/bin", HOME = "/" } = process.env;
  try {
    const startedAtMs = performance.now();
    const child = spawn(command.program, command.args, {
      env: { PATH, HOME, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
    using memory = child.pid === undefined ? undefined : watchPeakMemory(child.pid);
    const said = [textOf(child.stdout), textOf(child.stderr)];
    const [exitCode, killedBy] = await once(child, "close");
    const [stdout = "", stderr = ""] = await Promise.all(said);
    if (exitCode !== 0) {
      throw new Error(
        `${name} ended with ${exitCode ?? killedBy}; its last lines:\n${lastLines(stdout)}${lastLines(stderr)}`,
      );
    }
    const cpuMs = processorMsIn(cgroup);
    const cpuSeconds = cpuMs === undefined ? undefined : cpuMs / 1000;
    return { startedAtMs, stdout, cpuSeconds, peakRssMiB: memory?.peakMiB ?? 0 };
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await killCgroup(cgroup);
    await removeCgroup(cgroup);
  }
}

/** All of it; what was written until then where the stream breaks. */
async function textOf(stream: Readable): Promise<string> {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(stream, "close").catch(() => {});
  return text;
}

function lastLines(text: string): string {
  const lines = text.split("\n").filter(Boolean).slice(-12);
  return lines.map((line) => `${line}\n`).join("");
}
