import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import xterm from "@xterm/headless";
import { createScreen } from "./screen.ts";

/** A terminal that shows what is written to it, with the line `$ status` above. */
async function createTerminal(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  let written: Promise<void> = Promise.resolve();
  const write = (text: string) => {
    written = new Promise((resolve) => terminal.write(text, resolve));
    return true;
  };
  const stream = Object.assign(new EventEmitter(), { columns, rows, isTTY: true, write });
  write("$ status\r\n");
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    listenerCount: () => stream.listenerCount("resize"),
    resize: async (toColumns: number, toRows: number) => {
      await written;
      terminal.resize(toColumns, toRows);
      Object.assign(stream, { columns: toColumns, rows: toRows }).emit("resize");
    },
    /** All lines, those above the window too. */
    lines: async () => {
      await written;
      const { active } = terminal.buffer;
      const lines = Array.from({ length: active.length }, (_, index) =>
        active.getLine(index)?.translateToString(true),
      );
      return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
    },
  };
}

describe("createScreen()", () => {
  it("draws over what it has drawn", async () => {
    const { stream, lines } = await createTerminal(40, 10);
    using screen = createScreen(stream);
    screen.draw(() => "a\nb\nc");
    screen.draw(() => "d\ne");
    assert.deepEqual(await lines(), ["$ status", "d", "e"]);
  });

  it("takes the picture away", async () => {
    const { stream, lines } = await createTerminal(40, 10);
    using screen = createScreen(stream);
    screen.draw(() => "a\nb");
    screen.clear();
    stream.write("table\n");
    assert.deepEqual(await lines(), ["$ status", "table"]);
  });

  it("has something else written above the picture", async () => {
    const { stream, lines } = await createTerminal(40, 10);
    using screen = createScreen(stream);
    screen.draw(() => "a\nb");
    screen.above(() => void stream.write("warning\n"));
    screen.draw(() => "a\nc");
    assert.deepEqual(await lines(), ["$ status", "warning", "a", "c"]);
  });

  it("draws anew in a terminal that has another size", async () => {
    const { stream, lines, resize } = await createTerminal(40, 10);
    using screen = createScreen(stream);
    screen.draw(({ columns, rows }) => `${"x".repeat(columns - 1)}\n${rows}`);
    await resize(60, 12);
    assert.deepEqual(await lines(), ["$ status", "x".repeat(59), "12"]);
  });

  it("leaves nothing of lines that a narrower terminal has folded", async () => {
    const { stream, lines, resize } = await createTerminal(40, 10);
    using screen = createScreen(stream);
    screen.draw(({ columns }) => `${"x".repeat(columns - 1)}\nb`);
    await resize(15, 10);
    assert.deepEqual(await lines(), ["$ status", "x".repeat(14), "b"]);
  });

  it("leaves nothing of folded lines whose characters take two columns", async () => {
    const { stream, lines, resize } = await createTerminal(40, 10);
    using screen = createScreen(stream);
    screen.draw(({ columns }) => (columns === 40 ? "節".repeat(20) : "a"));
    await resize(15, 10);
    assert.deepEqual(await lines(), ["$ status", "a"]);
  });

  it("draws nothing at another size once the picture is taken away, or the screen is gone", async () => {
    const { stream, lines, resize, listenerCount } = await createTerminal(40, 10);
    const screen = createScreen(stream);
    screen.draw(() => "a");
    screen.clear();
    await resize(30, 10);
    assert.deepEqual(await lines(), ["$ status"]);
    screen[Symbol.dispose]();
    assert.equal(listenerCount(), 0);
  });

  it("leaves the last picture when it is disposed of", async () => {
    const { stream, lines } = await createTerminal(40, 10);
    const screen = createScreen(stream);
    screen.draw(() => "a");
    screen[Symbol.dispose]();
    stream.write("after\n");
    assert.deepEqual(await lines(), ["$ status", "a", "after"]);
  });

  it("draws below what was written after the picture was left, once", async () => {
    const { stream, lines } = await createTerminal(40, 12);
    using screen = createScreen(stream);
    screen.draw(() => "a\nb");
    screen.leave();
    stream.write("shell\n");
    screen.comeBack();
    assert.deepEqual(await lines(), ["$ status", "a", "b", "shell", "a", "b"]);
    screen.draw(() => "a\nc");
    assert.deepEqual(await lines(), ["$ status", "a", "b", "shell", "a", "c"]);
  });

  it("does not draw a second time where something was drawn before it came back", async () => {
    const { stream, lines } = await createTerminal(40, 12);
    using screen = createScreen(stream);
    screen.draw(() => "a");
    screen.leave();
    stream.write("shell\n");
    screen.draw(() => "b");
    screen.comeBack();
    assert.deepEqual(await lines(), ["$ status", "a", "shell", "b"]);
    // The next time it comes back without having left.
    stream.write("shell\n");
    screen.comeBack();
    assert.deepEqual(await lines(), ["$ status", "a", "shell", "b", "shell", "b"]);
  });

  it("comes back with nothing where the picture was taken away", async () => {
    const { stream, lines } = await createTerminal(40, 10);
    using screen = createScreen(stream);
    screen.draw(() => "a");
    screen.clear();
    screen.leave();
    screen.comeBack();
    assert.deepEqual(await lines(), ["$ status"]);
  });

  it("takes a terminal that does not tell for one of 80 columns and 24 rows", async () => {
    const { stream, lines } = await createTerminal(80, 24);
    Object.assign(stream, { columns: 0, rows: 0 });
    using screen = createScreen(stream);
    screen.draw(({ columns, rows }) => `${columns} ${rows}`);
    assert.deepEqual(await lines(), ["$ status", "80 24"]);
  });
});
