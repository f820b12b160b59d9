import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgedNode } from "../../testing/fleet-world.ts";
import { releaseStatus, statusReport, statusTime } from "../../testing/status-world.ts";
import { columnsOf } from "../../text-width.ts";
import { askedPlainly } from "../status-asked.ts";
import type { StatusReport } from "../status-report.ts";
import { nameOf, statusFrameFrom, type TerminalSize } from "./status-frame.ts";

const linesOf = (report: StatusReport, size: Partial<TerminalSize> = {}) =>
  statusFrameFrom(report, { columns: 200, rows: 100, ...size }, new Date(statusTime)).split("\n");
const working = { state: "working", why: "pulling" } as const;
const two = releaseStatus([judgedNode("n1"), judgedNode("n2", working)]);

describe("statusFrameFrom()", () => {
  it("has a bar, the counts, the time, the nodes and what is wrong", () =>
    assert.deepEqual(linesOf(statusReport([two])), [
      "[###############...............]   50 %  1 of 2  default/a",
      "  1 succeeded, 1 working",
      "  as of 02:20:00 UTC",
      "NODE  STATE      REVISION  PRESENT  AGE  WHY",
      "n2    working                            pulling",
      "n1    succeeded",
      "",
      "PROBLEM  1 of 2 nodes does not say `succeeded`: 50 % do, and 100 % have to",
    ]));

  it("has a full bar only where all is there, and an empty one where nothing counts", () => {
    const nodes = Array.from({ length: 100 }, (_, index) =>
      judgedNode(`n${index}`, index === 0 ? working : {}),
    );
    assert.match(linesOf(statusReport([releaseStatus(nodes)]))[0] ?? "", /^\[#{29}\.\] {3}99 % {2}99 of 100/);
    assert.match(
      linesOf(statusReport([releaseStatus(nodes.slice(1))]))[0] ?? "",
      /^\[#{30}\] {2}100 % {2}99 of 99/,
    );
    assert.deepEqual(linesOf(statusReport([releaseStatus([])])).slice(0, 2), [
      "[..............................]    0 %  0 of 0  default/a",
      "  no node has a pod",
    ]);
  });

  it("stands still at the time since when changes are not heard of, and says how long ago that is", () => {
    const notes = ["cannot watch"];
    const report = statusReport([two], { notes, interruptedSince: "2026-11-23T02:16:40.000Z" });
    const lines = linesOf(report);
    assert.deepEqual(lines.slice(2, 4), [
      "  as of 02:16:40 UTC, 3m20s ago: not all changes are heard of since",
      "NOTE  cannot watch",
    ]);
  });

  it("has failures, leftovers, and the bars of all releases first", () => {
    const failed = [{ image: "x:1", reason: "not_found" }];
    const wrong = releaseStatus([judgedNode("n3", { state: "failed", failed })], { release: "b" });
    const leftovers = [{ node: "n1", instance: "i", key: "k", kind: "unowned" as const }];
    const lines = linesOf(statusReport([two, wrong], { leftovers, notes: ["not heard of"] }));
    assert.match(lines[2] ?? "", /default\/b \(a\)$/);
    assert.equal(lines[5], "NOTE  not heard of");
    assert.ok(lines.includes("not_found  1 node  x:1"));
    assert.ok(lines.includes("n1       i                       unowned"));
  });

  it("says where it has found no release, and what is left of others", () => {
    assert.deepEqual(linesOf(statusReport([])), [
      "there is no release of this chart in any namespace",
      "  as of 02:20:00 UTC",
    ]);
    const leftovers = [{ node: "n1", instance: "i", key: "k", kind: "unowned" as const }];
    assert.equal(linesOf(statusReport([], { leftovers })).length, 4);
    const asked = { ...askedPlainly, namespace: "ns" };
    assert.equal(
      statusFrameFrom(statusReport([]), { columns: 60, rows: 9 }, new Date(statusTime), asked).split("\n")[0],
      "there is no release of this chart in namespace ns; --all-na…",
    );
  });

  it("leaves the last row to the cursor, and says how many rows there was no room for", () => {
    const report = statusReport([two]);
    assert.equal(linesOf(report, { rows: 9 }).length, 8);
    assert.deepEqual(linesOf(report, { rows: 8 }).slice(-2), ["n1    succeeded", "... and 2 more rows"]);
    assert.equal(linesOf(report, { rows: 8 }).length, 7);
    const [bar] = linesOf(report);
    assert.deepEqual(linesOf(report, { rows: 3 }), [bar, "... and 7 more rows"]);
  });

  it("is the bar alone in less than three rows", () => {
    const report = statusReport([two]);
    for (const rows of [1, 2]) assert.deepEqual(linesOf(report, { rows }), linesOf(report).slice(0, 1));
  });

  it("measures what a terminal shows, where a character takes two columns", () => {
    const release = { ...two, release: "節".repeat(50) };
    const nodes = [judgedNode("n", { why: "節点 ".repeat(90) }), judgedNode("節".repeat(70))];
    for (const columns of [40, 61, 80]) {
      const notes = ["節".repeat(60)];
      const report = { ...release, nodes: nodes.map((node) => ({ ...node, isCounted: true })) };
      const lines = linesOf(statusReport([report], { notes }), { columns });
      const widths = lines.map((line) => columnsOf(line.trimEnd()));
      assert.ok(Math.max(...widths) <= columns, `${columns}: ${widths}`);
      if (columns === 80) assert.match(lines[0] ?? "", / default\/節+$/);
    }
  });

  it("has no line that is longer than the terminal is wide", () => {
    const release = { ...two, release: "r".repeat(50), nodes: [judgedNode("n", { why: "w ".repeat(90) })] };
    const nodes = release.nodes.map((node) => ({ ...node, isCounted: true }));
    for (const columns of [60, 80, 120]) {
      const lines = linesOf(statusReport([{ ...release, nodes }]), { columns });
      assert.deepEqual(
        lines.filter((line) => line.length > columns),
        [],
      );
    }
    assert.match(
      linesOf(statusReport([{ ...release, nodes }]), { columns: 60 })[0] ?? "",
      /50 % {2}1 of 1 {2}default\/r{3,}$/,
    );
  });

  it("has one line for each row, which ends where the terminal does, where the columns have no room", () => {
    const failed = [{ image: `registry.example.com/${"long-".repeat(9)}name:1`, reason: "not_found" }];
    const node = judgedNode("a-node-of-some-length", { state: "failed", revision: "1-0123456789ab", failed });
    const leftovers = [{ node: "n1", instance: "i".repeat(60), key: "k", kind: "unowned" as const }];
    const lines = linesOf(statusReport([releaseStatus([node])], { leftovers }), { columns: 40 });
    assert.deepEqual(
      lines.filter((line) => line.length > 40),
      [],
    );
    assert.deepEqual(lines.slice(3, 6), [
      "NODE                   STATE   REVISION…",
      "a-node-of-some-length  failed  1-012345…",
      "",
    ]);
    assert.ok(lines.includes(`n1       ${"i".repeat(30)}…`));
  });

  it("has one line for each note, which ends where the terminal does", () => {
    const notes = ["x".repeat(74), "y".repeat(75)];
    const lines = linesOf(statusReport([two], { notes }), { columns: 80 });
    assert.deepEqual(lines.slice(3, 6), [`NOTE  ${"x".repeat(74)}`, `NOTE  ${"y".repeat(73)}…`, ""]);
  });

  it("has nothing in it that a terminal obeys", () => {
    const esc = "\u001b]0;x\u0007";
    const text = linesOf(statusReport([{ ...two, release: esc, instance: esc }], { notes: [esc] })).join(
      "\n",
    );
    assert.doesNotMatch(text, /[^\P{Cc}\n]/u);
  });
});

describe("nameOf()", () => {
  it("names the instance where the release does not", () => {
    assert.equal(nameOf(two), "default/a");
    assert.equal(nameOf({ ...two, instance: "i" }), "default/a (i)");
  });
});
