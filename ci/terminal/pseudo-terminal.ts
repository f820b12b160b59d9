import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { runCommand } from "../run-command.ts";

/** The size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A program on a pseudo-terminal of the kernel's. */
export interface PseudoTerminal {
  /** What the program writes, and what the terminal echoes. */
  readonly output: Readable;
  /** What is typed on it. */
  readonly keyboard: Writable;
  /** The program's exit code once it has ended and all its output is there; 128 and the signal's number where a signal ended it. */
  readonly ended: Promise<number>;
  /** Gives the terminal another size, of which the kernel tells the program. */
  resize(size: TerminalSize): Promise<void>;
  /** Sends the program a signal, if it has not ended. */
  signal(name: NodeJS.Signals): void;
}

/**
 * Starts a program on a terminal of that size, with `env` as its whole environment. Node.js itself cannot make a pseudo-terminal: it is made by
 * `script` (bsdutils) and sized by `stty` (coreutils), which no Debian is without. Rejects where there is no terminal to be had.
 */
export async function startOnPseudoTerminal(
  command: readonly string[],
  size: TerminalSize,
  env: NodeJS.ProcessEnv,
): Promise<PseudoTerminal> {
  // The shell says which terminal it has got, and under which id it becomes the program.
  const shell = `stty ${sttyWords(size)} && echo "$$ $(tty)" >&3 && exec 3>&- ${command.map(quoted).join(" ")}`;
  const flags = ["--quiet", "--return", "--flush", "--echo", "always", "--command", shell, "/dev/null"];
  const child = spawn("script", flags, {
    env: { ...env, SHELL: "/bin/sh" },
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  const [keyboard, output, , place] = child.stdio;
  // What is typed when the program has ended already goes nowhere.
  keyboard?.on("error", () => {});
  const ended = once(child, "close").then(([code]) => (code as number | null) ?? 1);
  const { pid, path } = await placeOf(place as Readable, ended);
  let isRunning = true;
  const end = ended.finally(() => {
    isRunning = false;
  });
  return {
    output: output as Readable,
    keyboard: keyboard as Writable,
    ended: end,
    resize: async (to) => void (await runCommand("stty", ["-F", path, ...sttyWords(to).split(" ")])),
    signal: (name) => void (isRunning && process.kill(pid, name)),
  };
}

async function placeOf(
  said: Readable,
  ended: Promise<number>,
): Promise<{ readonly pid: number; readonly path: string }> {
  const line = await Promise.race([
    once(said.setEncoding("utf8"), "data").then(([text]) => String(text)),
    ended.then((code) => Promise.reject(new Error(`\`script\` made no terminal, and ended with ${code}`))),
  ]);
  const [pid = "", path = ""] = line.trim().split(" ");
  return { pid: Number(pid), path };
}

function sttyWords({ columns, rows }: TerminalSize): string {
  return `rows ${rows} cols ${columns}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
