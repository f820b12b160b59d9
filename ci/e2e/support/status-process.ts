import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { waitUntil } from "../../cluster/wait-until.ts";
import { type PeakMemory, watchPeakMemory } from "./peak-memory.ts";

/** How a `prefetcher status` ended, and all that it wrote. */
export interface StatusEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** When it had ended, by `performance.now()`. */
  readonly endedMs: number;
}

/** A `prefetcher status` that runs. */
export interface StatusProcess extends Disposable {
  readonly child: ChildProcess;
  readonly memory: PeakMemory;
  readonly ended: Promise<StatusEnd>;
  /** How long after its start it wrote for the first time, in milliseconds; undefined before it has. */
  firstByteMs(): number | undefined;
  /** Waits up to 60 s until it has said that after all that was waited for; throws with all that it said where it ends without. */
  untilSaid(words: RegExp): Promise<void>;
}

// Longer than anything that a story has it wait for.
const lifeLimitMs = 150_000;

/** Starts the built program under this process's Node.js, as a user does who has that kubeconfig. It is killed after 150 s. */
export function startStatus(program: string, kubeconfig: string, flags: readonly string[]): StatusProcess {
  const beganMs = performance.now();
  const child = spawn(process.execPath, [program, "status", ...flags], {
    env: { PATH: process.env.PATH, KUBECONFIG: kubeconfig },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: lifeLimitMs,
    killSignal: "SIGKILL",
  });
  const memory = watchPeakMemory(child.pid ?? 0);
  const said = { stdout: "", stderr: "" };
  let firstByteMs: number | undefined;
  let heard = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    firstByteMs ??= performance.now() - beganMs;
    said.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
  });
  const endedMs = once(child, "exit").then(() => performance.now());
  const ended = once(child, "close").then(async ([exitCode]) => ({
    ...said,
    exitCode: exitCode as number | null,
    endedMs: await endedMs,
  }));
  return {
    child,
    memory,
    ended,
    firstByteMs: () => firstByteMs,
    untilSaid: async (words) => {
      const found = () => words.exec(said.stdout.slice(heard));
      const hasEnded = () => child.exitCode !== null;
      await waitUntil(`${words} is said`, 60_000, () => found() !== null || hasEnded(), 10);
      const match = found();
      if (match === null)
        throw new Error(`it ended without ${words}:\n${said.stdout.slice(-2000)}${said.stderr}`);
      heard += match.index + match[0].length;
    },
    [Symbol.dispose]: () => {
      memory[Symbol.dispose]();
      child.kill("SIGKILL");
    },
  };
}
