import { createLogUpdate } from "log-update";
import type { TerminalSize } from "../fleet/text/status-frame.ts";
import { rowsOf } from "../text-width.ts";

/** A picture at the end of a terminal's output that is drawn over again; the cursor is hidden until it is disposed of. */
export interface Screen extends Disposable {
  /** Draws what `pictureFor` says of the terminal's size, and again whenever that changes. */
  draw(pictureFor: (size: TerminalSize) => string): void;
  /** Takes the picture away, so that something else is written in its place. */
  clear(): void;
  /** Has `write` write something else above the picture. */
  above(write: () => void): void;
  /** Leaves the picture where it stands, with the cursor below it: what is drawn next comes below whatever is written until then. */
  leave(): void;
  /** Draws the picture again below whatever has been written since it was left, unless that is done already. */
  comeBack(): void;
}

// What a terminal that does not tell is taken for.
const usualSize: TerminalSize = { columns: 80, rows: 24 };

/** The screen of that terminal. What is left when it is disposed of is the last picture, and the cursor below it. */
export function createScreen(terminal: NodeJS.WriteStream): Screen {
  const update = createLogUpdate(sized(terminal));
  let latest: ((size: TerminalSize) => string) | undefined;
  let drawn: readonly string[] = [];
  let wasLeft = false;

  const draw = () => {
    if (latest === undefined) return;
    const picture = latest(sizeOf(terminal));
    update(picture);
    drawn = picture.split("\n");
  };
  const clear = () => {
    // A terminal that has become narrower has folded lines, which log-update counts as it wrote them.
    const { columns } = sizeOf(terminal);
    const folded = drawn.reduce((sum, line) => sum + rowsOf(line, columns) - 1, 0);
    terminal.write(eraseLineAndGoUp.repeat(folded));
    update.clear();
    drawn = [];
  };
  const leave = () => {
    update.done();
    drawn = [];
  };
  const resize = () => {
    clear();
    draw();
  };
  terminal.on("resize", resize);
  return {
    draw: (pictureFor) => {
      latest = pictureFor;
      draw();
    },
    clear: () => {
      latest = undefined;
      clear();
    },
    above: (write) => {
      clear();
      write();
      draw();
    },
    leave: () => {
      leave();
      wasLeft = true;
    },
    comeBack: () => {
      const isBack = wasLeft && drawn.length > 0;
      wasLeft = false;
      if (isBack) return;
      // Who was stopped without notice has not left it.
      leave();
      draw();
    },
    [Symbol.dispose]: () => {
      terminal.off("resize", resize);
      update.done();
    },
  };
}

const eraseLineAndGoUp = "\u001b[2K\u001b[1A";

/** As much of the terminal as log-update uses, which draws nothing where a terminal says that it has 0 rows. */
function sized(terminal: NodeJS.WriteStream): NodeJS.WriteStream {
  const seen = {
    isTTY: terminal.isTTY,
    get columns() {
      return sizeOf(terminal).columns;
    },
    get rows() {
      return sizeOf(terminal).rows;
    },
    write: (text: string) => terminal.write(text),
  };
  return seen as NodeJS.WriteStream;
}

function sizeOf({ columns, rows }: NodeJS.WriteStream): TerminalSize {
  return { columns: columns || usualSize.columns, rows: rows || usualSize.rows };
}
