import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JudgedNode } from "../fleet/fleet-judgement.ts";
import { judgedNode } from "../testing/fleet-world.ts";
import { releaseStatus, statusReport } from "../testing/status-world.ts";
import { createStatusDisplay } from "./status-display.ts";

const report = (...nodes: readonly JudgedNode[]) => statusReport([releaseStatus(nodes)]);
const working = report(judgedNode("n1", { state: "working", why: "\u001b[2J\u009b" }));
const done = report(judgedNode("n1"));

type Asked = Parameters<typeof createStatusDisplay>[0];

/** What is written of both reports, and in between. */
function written(asked: Partial<Asked>, isTTY = false): readonly string[] {
  const texts: string[] = [];
  const stdout = {
    isTTY,
    columns: 80,
    rows: 24,
    write: (text: string) => texts.push(text),
    on: () => {},
    off: () => {},
  } as unknown as NodeJS.WriteStream;
  using display = createStatusDisplay(
    { watches: false, waits: false, output: "table", ...asked },
    { stdout },
  );
  display.show(working);
  display.show({ ...working, takenAt: "2026-11-23T02:20:01Z" });
  display.show(done);
  display.clear();
  return texts;
}

describe("createStatusDisplay()", () => {
  for (const asked of [{ watches: true }, { waits: true }]) {
    it(`has a line for each change where there is no terminal, with ${JSON.stringify(asked)}`, () => {
      const lines = written(asked);
      assert.match(lines[0] ?? "", /^2026-11-23T02:20:00Z default\/a: 0 of 1 node .*\n$/);
      assert.match(lines[1] ?? "", /^2026-11-23T02:20:00Z default\/a n1: working: \\u001b\[2J\\u009b\n$/);
      assert.match(lines[2] ?? "", /^2026-11-23T02:20:00Z default\/a n1: working -> succeeded\n$/);
      assert.equal(lines.length, 4);
    });

    it(`draws on a terminal, with ${JSON.stringify(asked)}`, () =>
      assert.match(written(asked, true).join(""), /100 % {2}1 of 1 {2}default\/a/));
  }

  it("has one JSON document a line of what is watched, terminal or not", () => {
    for (const isTTY of [false, true]) {
      const lines = written({ watches: true, output: "json" }, isTTY);
      assert.deepEqual(
        lines.map((line) => JSON.parse(line)),
        [working, done],
      );
      for (const line of lines) assert.match(line, /^\P{Cc}+\n$/u);
    }
  });

  it("says nothing of what is waited for in JSON, nor of one look", () => {
    assert.deepEqual(written({ waits: true, output: "json" }, true), []);
    assert.deepEqual(written({}, true), []);
    assert.deepEqual(written({ output: "json" }), []);
  });
});
