import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { runInTerminal, type TerminalRun } from "../terminal/run-in-terminal.ts";
import { callSources } from "./support/kubectl-plugin.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openStatusScene, type StatusScene } from "./support/status-scene.ts";

const release = "status-drawn";
const key = keyOf(release);
const size = { columns: 110, rows: 24 };
// The keys are echoed by the terminal, wherever the cursor is.
const interrupted = {
  watch: { exitCode: 0, leaves: "^C", cursorBelow: 0 },
  wait: { exitCode: 143, leaves: "^Cerror: interrupted", cursorBelow: 1 },
} as const;

describe("prefetcher status in a terminal", () => {
  let world: StatusScene;
  let nodes: readonly [string, string];

  before(async () => {
    world = await openStatusScene("status-term", 2, () => callSources);
    const [first = "", second = ""] = world.scene.nodes();
    nodes = [first, second];
    await pushSampleImage(world.repositoryOf("there"));
    await world.scene.install(release, { images: [world.imageOf("there")] });
    await world.history.untilLabelled(nodes, key, "succeeded");
  });
  after(() => world?.[Symbol.asyncDispose]());

  it("draws a bar and the table, and draws them over at each change", async () => {
    await using run = await start("--watch");
    await run.until("the picture", drawn("100 %  2 of 2"));
    assert.match(run.lines()[0] ?? "", /^\[#{30}\] {2}100 % {2}2 of 2 {2}status-term\/status-drawn$/);
    assert.match(run.lines()[1] ?? "", /^ {2}2 succeeded$/);
    assert.match(run.lines()[3] ?? "", /^NODE +STATE +REVISION +PRESENT +AGE +WHY$/);
    assert.match(run.lines()[4] ?? "", new RegExp(`^${nodes[0]} +succeeded +1-[0-9a-f]{12} +1/1 +\\d+[sm]$`));
    assert.equal(run.cursor().isVisible, false);
    await fail("registry.example.com/shop/web:1.4.2", "not_found");
    await run.until("the other picture", drawn(" 50 %  1 of 2"));
    const row =
      /^status-term-2 +failed +\S+ +0\/1 +\S+ +registry\.example\.com\/shop\/web:1\.4\.2: not_found$/;
    assert.match(run.lines()[4] ?? "", row);
    await interrupt(run, "watch");
    assert.equal(run.history().length, size.rows, "nothing has left the screen");
  });

  it("is as wide and as high as the terminal, also when that changes", async () => {
    await fail("registry.example.com/shop/a-name-that-is-long-enough-for-two-lines:1.4.2", "not_found");
    await using run = await start("--watch");
    await run.until("the picture", drawn(" 50 %  1 of 2"));
    // Where there is no room for all columns, rows end where the terminal does.
    const rowsAt = [
      [70, / registry\.examp\S{0,2}$/],
      [46, /^.{45}…$/],
      [120, /for-two-l?$/],
    ] as const;
    for (const [columns, row] of rowsAt) {
      await run.resize({ ...size, columns });
      const isThere = (lines: readonly string[]) => isDrawnOnce(lines) && row.test(lines[4] ?? "");
      await run.until(`the picture, ${columns} wide`, isThere);
    }
    await run.resize({ columns: 120, rows: 6 });
    await run.until("the cut picture", (lines) => /^\.\.\. and \d+ more rows$/.test(lines[4] ?? ""));
    assert.ok(drawn(" 50 %  1 of 2")(run.lines()), run.lines().join("\n"));
    await interrupt(run, "watch", /^\.\.\. and/);
  });

  it("obeys nothing of what anybody has written on a Node", async () => {
    const hostile = "\u001b[2J\u001b[1;1H\u001b]0;taken\u0007\u001b[31mred\u009b5m\r\n\u202eend";
    await using run = await start("--watch");
    await run.until("the picture", (lines) => lines.some((line) => line.startsWith("NODE")));
    const heard: string[] = [];
    run.terminal.onTitleChange((title) => void heard.push(`the title ${title}`));
    run.terminal.onBell(() => void heard.push("a bell"));
    await fail(`hostile${hostile}`, `reason${hostile}`);
    await run.until("what was written", (lines) => lines.some((line) => line.includes("hostile")));
    assert.ok(drawn(" 50 %  1 of 2")(run.lines()), run.lines().join("\n"));
    assert.match(run.lines().join(""), /hostile\\u001b\[2J/);
    assert.deepEqual(heard, []);
    const { active } = run.terminal.buffer;
    for (let row = 0; row < size.rows; row++)
      for (let column = 0; column < size.columns; column++) {
        const cell = active.getLine(active.baseY + row)?.getCell(column);
        assert.ok(cell?.isFgDefault() && cell.isBgDefault() && !cell.isBlink(), `row ${row}`);
      }
    await interrupt(run, "watch");
    assert.doesNotMatch(run.history().join(""), /\u202e/);
  });

  it("waits with the picture, and ends with the table in its place", async () => {
    await fail("registry.example.com/shop/web:1.4.2", "not_found");
    await using run = await start("--wait");
    await run.until("the picture", drawn(" 50 %  1 of 2"));
    await run.resize({ ...size, columns: 80 });
    await succeed();
    assert.equal(await run.ended, 0);
    const lines = run.history().filter((line) => line !== "");
    assert.match(lines.join(" "), /^release status-term\/status-drawn, DaemonSet status-drawn-prefetcher:/);
    assert.equal(lines.at(-1), "2 of 2 nodes (100 %) say `succeeded`; 100 % have to. Nothing is wrong.");
    assert.equal(lines.filter((line) => line.startsWith("NODE")).length, 1);
    assert.ok(!lines.some((line) => line.startsWith("[")), lines.join("\n"));
    assert.deepEqual([run.cursor().isVisible, run.cursor().column], [true, 0]);
  });

  it("ends with 143 where it is interrupted while it waits", async () => {
    await fail("registry.example.com/shop/web:1.4.2", "not_found");
    await using run = await start("--wait");
    await run.until("the picture", drawn(" 50 %  1 of 2"));
    await interrupt(run, "wait");
    assert.ok(
      run.lines().some((line) => line.endsWith("error: interrupted")),
      run.lines().join("\n"),
    );
  });

  it("is left by Ctrl-Z with the cursor shown, and drawn below what the shell wrote by fg", async () => {
    await succeed();
    const { program, args, env } = world.call(world.kubeconfig, ["status", "--release", release, "--watch"]);
    const shellEnv = { ...env, PS1: "prompt> " };
    await using run = await runInTerminal("sh", ["-i"], { ...size, rows: 40, env: shellEnv });
    await run.until("the prompt", ([first]) => first?.startsWith("prompt>") === true);
    run.type(`${[program, ...args].map((word) => `'${word}'`).join(" ")}\r`);
    const bars = (lines: readonly string[]) => lines.filter((line) => /^\[#{30}\] /.test(line)).length;
    await run.until("the picture", (lines) => bars(lines) === 1);
    run.type("\x1a");
    const prompts = (lines: readonly string[]) => lines.filter((line) => line.startsWith("prompt>")).length;
    await run.until("the shell", (lines) => prompts(lines) === 2);
    assert.equal(run.cursor().isVisible, true);
    // While it is stopped, or else the picture would be another.
    await fail("registry.example.com/shop/web:1.4.2", "not_found");
    run.type("fg\r");
    await run.until("the other picture", (lines) => lines.some((line) => line.includes(" 50 %  1 of 2")));
    assert.deepEqual([bars(run.lines()), run.cursor().isVisible], [1, false], run.lines().join("\n"));
    run.interrupt();
    await run.until("the shell again", (lines) => lines.some((line) => /^\^C ?prompt>/.test(line)));
    assert.equal(run.cursor().isVisible, true);
    run.type("exit\r");
    assert.equal(await run.ended, 0);
  });

  function start(flag: "--watch" | "--wait"): Promise<TerminalRun> {
    const { program, args, env } = world.call(world.kubeconfig, ["status", "--release", release, flag]);
    return runInTerminal(program, args, { ...size, env });
  }

  /** Ctrl-C: the program ends as it should, and leaves one picture, a cursor below it, and nothing below that. */
  async function interrupt(
    run: TerminalRun,
    how: keyof typeof interrupted,
    lastLine = /^PROBLEM/,
  ): Promise<void> {
    const { exitCode, leaves, cursorBelow } = interrupted[how];
    run.interrupt();
    assert.equal(await run.ended, exitCode, run.history().join("\n"));
    assert.ok(isDrawnOnce(run.lines()), run.history().join("\n"));
    const echoed = run.lines().findIndex((line) => line.startsWith("^C"));
    const below = run.lines().slice(echoed);
    assert.deepEqual(
      below.filter((line) => line !== ""),
      [leaves],
    );
    assert.match(run.lines()[echoed - 1] ?? "", lastLine);
    assert.deepEqual([run.cursor().isVisible, run.cursor().row], [true, echoed + cursorBelow]);
  }

  /** Has the second node say that, as its agent would, which has done its work. */
  async function fail(image: string, reason: string): Promise<void> {
    await write("failed", { present: 0, failed: [{ image, reason }] });
  }

  async function succeed(): Promise<void> {
    await write("succeeded", { present: 1, failed: [] });
  }

  async function write(verdict: string, fields: object): Promise<void> {
    const { record } = world.history.now(nodes[1], key);
    const text = JSON.stringify({ ...record, verdict, ...fields });
    const metadata = { labels: { [key]: verdict }, annotations: { [key]: text } };
    await world.scene.kubectl("patch", "node", nodes[1], "--type=merge", "-p", JSON.stringify({ metadata }));
  }
});

/** Whether the picture stands at the screen's top, with these figures behind its bar. */
function drawn(figures: string): (lines: readonly string[]) => boolean {
  return ([bar = ""]) => /^\[#*\.*\] /.test(bar) && bar.includes(figures);
}

/** Whether nothing of a former picture is to be seen. */
function isDrawnOnce(lines: readonly string[]): boolean {
  const starts = lines.filter((line) => /^\[[#.]+/.test(line));
  return starts.length === 1 && lines.filter((line) => line.startsWith("NODE")).length === 1;
}
