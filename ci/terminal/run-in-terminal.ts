import { setTimeout as sleep } from "node:timers/promises";
import { startOnPseudoTerminal, type TerminalSize } from "./pseudo-terminal.ts";
import { createScreen, type Screen } from "./screen.ts";

/** How a program is run in a terminal. */
export interface TerminalOptions extends TerminalSize {
  /** Added to this process's environment; `TERM` is `xterm-256color`, and nothing says that it is a test or a CI, unless it is said here. */
  readonly env?: NodeJS.ProcessEnv;
  /** What is typed at once. */
  readonly input?: string;
}

/** A program that runs in a terminal; disposing of it ends the program. */
export interface TerminalRun
  extends Pick<Screen, "terminal" | "lines" | "history" | "cursor">,
    AsyncDisposable {
  /** Types the text; `\r` is Enter, and `\x03` Ctrl-C, which `interrupt` says in words. */
  type(text: string): void;
  interrupt(): void;
  signal(name: NodeJS.Signals): void;
  resize(size: TerminalSize): Promise<void>;
  /** Returns once the screen is as wanted, at once if it is already. Throws after `timeoutMs` (10 s), with what the screen shows. */
  until(what: string, isSo: (lines: readonly string[]) => boolean, timeoutMs?: number): Promise<void>;
  /** The exit code, once the program has ended and the screen shows all it wrote; 128 and the signal's number where a signal ended it. */
  readonly ended: Promise<number>;
}

/** Runs the program in a real pseudo-terminal, whose screen can be asked what it shows. */
export async function runInTerminal(
  command: string,
  args: readonly string[],
  { columns, rows, env, input }: TerminalOptions,
): Promise<TerminalRun> {
  const screen = createScreen({ columns, rows });
  // A runner of tests says by these that nobody looks.
  const { CI: _, NODE_TEST_CONTEXT: __, NO_COLOR: ___, FORCE_COLOR: ____, ...own } = process.env;
  const environment = { ...own, TERM: "xterm-256color", ...env };
  const started = await startOnPseudoTerminal([command, ...args], { columns, rows }, environment);
  let changed = Promise.withResolvers<void>();
  const shown = (async () => {
    for await (const bytes of started.output) {
      await screen.write(bytes);
      changed.resolve();
      changed = Promise.withResolvers();
    }
  })();
  // Programs ask a terminal where its cursor is, and what it can do.
  screen.terminal.onData((answer) => void started.keyboard.write(answer));
  const ended = Promise.all([started.ended, shown]).then(([code]) => code);
  // Who does not wait for the end is not to fail by it.
  ended.catch(() => {});
  const type = (text: string) => void started.keyboard.write(text);
  if (input !== undefined) type(input);
  return {
    ...screen,
    type,
    interrupt: () => type("\x03"),
    signal: started.signal,
    resize: async (size) => {
      screen.resize(size);
      await started.resize(size);
    },
    until: async (what, isSo, timeoutMs = 10_000) => {
      const over = new AbortController();
      const late = sleep(timeoutMs, "late" as const, { signal: over.signal });
      late.catch(() => {});
      try {
        while (!isSo(screen.lines()))
          if ((await Promise.race([changed.promise, late])) === "late")
            throw new Error(
              `${what}: not within ${timeoutMs / 1000} s; the screen shows\n${screen.lines().join("\n")}`,
            );
      } finally {
        over.abort();
      }
    },
    ended,
    [Symbol.asyncDispose]: async () => {
      started.signal("SIGKILL");
      await ended;
      screen.terminal.dispose();
    },
  };
}
