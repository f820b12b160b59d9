import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { waitUntil } from "../../cluster/wait-until.ts";

/** A command as a user types it, and what it finds there. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** How a command ended, and all that it wrote. */
export interface RunEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs; disposing of it ends it. */
export interface CommandRun extends Disposable {
  readonly child: ChildProcess;
  readonly ended: Promise<RunEnd>;
  /** The whole lines that it has written on its standard output. */
  lines(): readonly string[];
  /** Waits up to 60 s until it has written a line with these words, and returns the line. */
  untilLine(words: RegExp): Promise<string>;
}

/** Starts the command, whose standard output is a pipe. */
export function startCommand({ program, args, env }: Command): CommandRun {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
  });
  const ended = once(child, "close").then(([exitCode]) => ({ ...said, exitCode: exitCode as number | null }));
  const lines = () => said.stdout.split("\n").slice(0, -1);
  return {
    child,
    ended,
    lines,
    untilLine: async (words) => {
      const found = () => lines().find((line) => words.test(line));
      await waitUntil(`a line with ${words}`, 60_000, () => found() !== undefined, 20).catch((error) => {
        throw new Error(`${error.message}; it said\n${said.stdout}${said.stderr}`);
      });
      return found() ?? "";
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
