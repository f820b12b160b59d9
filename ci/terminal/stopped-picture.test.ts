import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runInTerminal, type TerminalRun } from "./run-in-terminal.ts";

const program = join(import.meta.dirname, "draw-watched-report.ts");
const size = { columns: 120, rows: 40 };

describe("the picture of status in a shell's terminal", () => {
  it("is left by Ctrl-Z with the cursor shown, and drawn anew below what the shell wrote by fg", async () => {
    // Dash and bash print other lines; both read PS1.
    const env = { PS1: "prompt> ", NODE: process.execPath, PROGRAM: program };
    await using run = await runInTerminal("sh", ["-i"], { ...size, env });
    await run.until("the prompt", ([first]) => first?.startsWith("prompt>") === true);
    run.type('"$NODE" "$PROGRAM"\r');
    await run.until("the picture", (lines) => isDrawn(lines, 1));
    assert.equal(run.cursor().isVisible, false);

    const before = run.lines().filter((line) => line !== "");
    await stop(run, 2);
    assert.equal(run.cursor().isVisible, true);
    assert.deepEqual(run.lines().slice(0, before.length), before, "nothing of it is gone");

    run.type("echo between; fg\r");
    await run.until("the second picture", (lines) => isDrawn(lines, 2));
    const lines = run.lines().filter((line) => line !== "");
    const picture = before.slice(1);
    assert.deepEqual(lines.slice(0, before.length), before);
    assert.deepEqual(lines.slice(-picture.length).map(untimed), picture.map(untimed));
    assert.ok(lines.includes("between"), lines.join("\n"));
    assert.equal(run.cursor().isVisible, false);

    // Of another size, which the shell alone is told of.
    await stop(run, 3);
    await run.resize({ ...size, columns: 50 });
    run.type("fg\r");
    const isCut = (lines: readonly string[]) => lines.findLast(isBar)?.endsWith("…") === true;
    await run.until("the third picture", (lines) => isDrawn(lines, 3) && isCut(lines));
    run.interrupt();
    await run.until("the last prompt", (lines) => promptsIn(lines) === 4);
    assert.equal(run.cursor().isVisible, true);
    assert.equal(picturesIn(run.lines()), 3);
    run.type("exit\r");
    assert.equal(await run.ended, 0);
  });
});

/** Presses Ctrl-Z, and waits until the shell has prompted that often. */
async function stop(run: TerminalRun, prompts: number): Promise<void> {
  run.type("\x1a");
  await run.until("the shell's prompt", (lines) => promptsIn(lines) === prompts);
  assert.ok(
    run.lines().some((line) => line.includes("Stopped")),
    run.lines().join("\n"),
  );
}

/** Whether so many pictures are there, the last of them to its end. */
function isDrawn(lines: readonly string[], count: number): boolean {
  const last = lines.findLast((line) => line !== "") ?? "";
  return picturesIn(lines) === count && last.startsWith("node-3 ");
}

function picturesIn(lines: readonly string[]): number {
  return lines.filter(isBar).length;
}

function isBar(line: string): boolean {
  return line.startsWith("[#");
}

function promptsIn(lines: readonly string[]): number {
  return lines.filter((line) => /(?:^|\^C)prompt>/.test(line)).length;
}

function untimed(line: string): string {
  return line.replace(/\d\d:\d\d:\d\d/, "TIME");
}
