import { spawn } from "node:child_process";
import { once } from "node:events";
import { watchPeakMemory } from "../../e2e/support/peak-memory.ts";
import { runCommand } from "../../run-command.ts";
import type { ProgramCommand } from "./programs.ts";

/** What one run of a program took. */
export interface RunTime {
  /** From its start to its exit. */
  readonly wallMs: number;
  /** Processor time of the program, in user and in kernel mode together. */
  readonly cpuMs: number;
}

const timeoutMs = 60_000;

// bash asks the kernel for what its child has used, which Node.js cannot, and its own clock runs from fork to wait: whatever this process
// has to do meanwhile is not in it. GNU time is not on every machine.
const timedByShell = 'TIMEFORMAT="%3R %3U %3S"; time "$0" "$@"';

/** Runs the program to its end and times it. Throws where it does not end with 0, with what it said. */
export async function timeProgram({ args, env }: ProgramCommand, signal: AbortSignal): Promise<RunTime> {
  const shell = ["-c", timedByShell, process.execPath, ...args];
  const { stderr } = await runCommand("bash", shell, { env, timeoutMs, signal });
  return runTimeFrom(stderr);
}

/** What bash wrote as its last line, in seconds: `0.512 0.430 0.061`. Throws where it is something else. */
export function runTimeFrom(stderr: string): RunTime {
  const line = stderr.trimEnd().split("\n").at(-1) ?? "";
  // The decimal sign is the locale's.
  const [wall, user, system] = line.replaceAll(",", ".").split(" ").map(Number);
  if (
    wall === undefined ||
    user === undefined ||
    system === undefined ||
    !Number.isFinite(wall + user + system)
  )
    throw new Error(`bash timed nothing: ${line}`);
  return { wallMs: 1000 * wall, cpuMs: 1000 * (user + system) };
}

// The kernel keeps the peak, so that only what comes after the last look is missed.
const peakEveryMs = 4;

/** Runs the program to its end; the most memory (VmHWM) that it has held at once, in MiB. Throws where it does not end with 0. */
export async function peakOfProgram(command: ProgramCommand, signal: AbortSignal): Promise<number> {
  const { args, env } = command;
  const child = spawn(process.execPath, args, { env, stdio: "ignore", timeout: timeoutMs, signal });
  const ended = once(child, "close");
  if (child.pid === undefined) throw new Error(`${process.execPath} could not be started`);
  using memory = watchPeakMemory(child.pid, peakEveryMs);
  const [exitCode] = (await ended) as [number | null];
  if (exitCode !== 0) throw new Error(`${args[0]} ended with ${exitCode} when its memory was measured`);
  return memory.peakMiB;
}
