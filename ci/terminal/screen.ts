import xterm, { type Terminal } from "@xterm/headless";
import type { TerminalSize } from "./pseudo-terminal.ts";

/** Where the next character goes, from 0, and whether a person sees the cursor there. */
export interface Cursor {
  readonly column: number;
  readonly row: number;
  readonly isVisible: boolean;
}

/** What a terminal shows of the bytes that it was given. */
export interface Screen {
  /** The emulator itself, for whoever wants colours. */
  readonly terminal: Terminal;
  /** The rows that a person sees, from the top, without the blanks at their ends. */
  lines(): readonly string[];
  /** The rows that have left the screen at its top, and after them those that a person sees. */
  history(): readonly string[];
  cursor(): Cursor;
  /** Gives it bytes; resolves when it shows them. */
  write(bytes: Uint8Array | string): Promise<void>;
  resize(size: TerminalSize): void;
}

/** An empty screen, which behaves as xterm does. */
export function createScreen({ columns, rows }: TerminalSize): Screen {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  const isVisible = cursorVisibility(terminal);
  const rowsFrom = (first: number) => {
    const { active } = terminal.buffer;
    const count = active.baseY + terminal.rows - first;
    return Array.from(
      { length: count },
      (_, index) => active.getLine(first + index)?.translateToString(true) ?? "",
    );
  };
  return {
    terminal,
    lines: () => rowsFrom(terminal.buffer.active.baseY),
    history: () => rowsFrom(0),
    cursor: () => ({
      column: terminal.buffer.active.cursorX,
      row: terminal.buffer.active.cursorY,
      isVisible: isVisible(),
    }),
    write: (bytes) => new Promise((resolve) => terminal.write(bytes, resolve)),
    resize: (size) => terminal.resize(size.columns, size.rows),
  };
}

/** Follows DECTCEM, which the emulator obeys and does not tell of. */
function cursorVisibility(terminal: Terminal): () => boolean {
  let isVisible = true;
  const follow = (value: boolean) => (params: readonly (number | number[])[]) => {
    if (params.includes(25)) isVisible = value;
    // The emulator is to see it too.
    return false;
  };
  terminal.parser.registerCsiHandler({ prefix: "?", final: "h" }, follow(true));
  terminal.parser.registerCsiHandler({ prefix: "?", final: "l" }, follow(false));
  terminal.parser.registerEscHandler({ final: "c" }, () => {
    isVisible = true;
    return false;
  });
  return () => isVisible;
}
