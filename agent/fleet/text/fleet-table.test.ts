import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fleetLook, judgedNode } from "../../testing/fleet-world.ts";
import type { JudgedNode } from "../fleet-judgement.ts";
import type { FleetLook } from "../fleet-look.ts";
import { fleetReportFrom } from "../fleet-report.ts";
import { fleetTableFrom } from "./fleet-table.ts";

const settings = { minPercent: 100, includesNotReady: false };
const reportOf = (nodes: readonly JudgedNode[], changed: Partial<typeof settings> = {}, found = {}) =>
  fleetReportFrom(fleetLook(nodes, found), { ...settings, ...changed });
const linesOf = (...args: Parameters<typeof fleetTableFrom>) => fleetTableFrom(...args).split("\n");

const mixed = [
  judgedNode("node-1"),
  judgedNode("node-2", {
    state: "failed",
    present: 17,
    entries: 20,
    failed: [
      { image: "registry.example.com/team/app:1", reason: "not_found" },
      { image: "quay.io/x:1", reason: "no_space", required: false },
    ],
    moreFailed: 1,
  }),
  judgedNode("node-3", { state: "working", why: "pulling", present: 3, entries: 20, isReady: false }),
  judgedNode("node-4", { state: "nothing-to-do", present: 0, entries: 20 }),
  judgedNode("node-5", { state: "foreign", why: "it belongs to other/b", present: 3 }),
  judgedNode("node-6", { state: "missing", isReady: false }),
];
const head =
  "release default/a, DaemonSet a-prefetcher: image-prefetcher.stackrox.io/a for revision 1-0123456789ab";

describe("fleetTableFrom()", () => {
  it("only counts nodes that succeeded", () =>
    assert.deepEqual(linesOf(reportOf([judgedNode("node-1"), judgedNode("node-2")]), undefined), [
      head,
      "",
      "2 nodes with a pod",
      "  2 succeeded",
      "",
      "2 of 2 nodes (100 %) say `succeeded`; 100 % have to. Nothing is wrong.",
      "",
    ]));

  it("has a row for each node that counts and did not succeed", () =>
    assert.deepEqual(linesOf(fleetReportFrom(fleetLook(mixed, {}, { desired: 5 }), settings), undefined), [
      head,
      "",
      "6 nodes with a pod",
      "  1 succeeded",
      "  1 nothing-to-do",
      "  1 missing",
      "  1 foreign",
      "  1 failed",
      "  1 not Ready and left out",
      "",
      "NODE    STATE    PRESENT  WHY",
      "node-2  failed   17/20    registry.example.com/team/app:1: not_found; quay.io/x:1: no_space (optional); and 1 more",
      "node-5  foreign           it belongs to other/b",
      "",
      "PROBLEM  2 of 3 nodes do not say `succeeded`: 33 % do, and 100 % have to",
      "NOTE     1 node is not Ready and left out: node-3",
      "NOTE     1 node is gone, though a pod is still said to be there: node-6",
      "",
      "1 of 3 nodes (33 %) say `succeeded`; 100 % have to. 1 problem.",
      "",
    ]));

  it("says how many chosen nodes have no pod, which count", () => {
    const absentOf = (desired: number) =>
      linesOf(fleetReportFrom(fleetLook([judgedNode("node-1")], {}, { desired }), settings), undefined);
    const three = absentOf(3);
    assert.deepEqual(three.slice(2, 6), [
      "1 node with a pod",
      "  1 succeeded",
      "  2 chosen nodes have no pod",
      "",
    ]);
    assert.equal(three.at(-2), "1 of 3 nodes (33 %) say `succeeded`; 100 % have to. 2 problems.");
    assert.ok(absentOf(2).includes("  1 chosen node has no pod"));
  });

  it("says of a node that it is not Ready where it counts", () => {
    const lines = linesOf(reportOf([mixed[2] ?? judgedNode("")], { includesNotReady: true }), undefined);
    assert.ok(lines.includes("node-3  working, not Ready  3/20     pulling"));
  });

  it("wraps what a terminal has no room for", () => {
    const text = linesOf(reportOf(mixed.slice(0, 2)), 70).slice(6, 11);
    assert.deepEqual(text, [
      "NODE    STATE   PRESENT  WHY",
      "node-2  failed  17/20    registry.example.com/team/app:1: not_found;",
      "                         quay.io/x:1: no_space (optional); and 1",
      "                         more",
      "",
    ]);
  });

  it("shows what is wrong where there is no node at all", () => {
    const look: FleetLook = fleetLook([]);
    const sample = { ...look, list: { ...look.list, isSample: true } };
    assert.deepEqual(linesOf(fleetReportFrom(sample, settings), undefined), [
      head,
      "",
      "0 nodes with a pod",
      "",
      "PROBLEM  DaemonSet default/a-prefetcher chooses no node: its nodeSelector, affinity or tolerations leave every node out",
      "PROBLEM  this is the chart's sample list, which prefetches nothing of yours: set images",
      "",
      "0 of 0 nodes (0 %) say `succeeded`; 100 % have to. 2 problems.",
      "",
    ]);
  });

  it("has 50 rows at most, and counts the others", () => {
    const working = Array.from({ length: 52 }, (_, index) =>
      judgedNode(`node-${String(index).padStart(2, "0")}`, { state: "working", why: "pulling" }),
    );
    const rowsOf = (count: number) =>
      linesOf(reportOf(working.slice(0, count)), undefined).filter((line) => /^node-|^and /.test(line));
    assert.equal(rowsOf(50).length, 50);
    assert.deepEqual(rowsOf(52).slice(49), ["node-49  working           pulling", "and 2 more"]);
  });

  it("has nothing in it that a terminal obeys, whoever wrote it", () => {
    const esc = "\u001b]0;x\u0007";
    const failed = [{ image: `i\n${esc}`, reason: `r${esc}` }];
    const nodes = [
      judgedNode(`n${esc}`, { state: "failed", failed }),
      judgedNode(`m${esc}`, { isReady: false }),
      judgedNode("o", { state: "working", why: `w${esc}\u202e` }),
    ];
    const look = fleetLook(nodes, { failedCreate: `e\r${esc}` }, { desired: 9, name: `d${esc}` });
    const list = { ...look.list, owner: `default/r${esc}` };
    for (const width of [undefined, 80]) {
      const text = fleetTableFrom(fleetReportFrom({ ...look, list }, settings), width);
      assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Cf}/u);
      assert.match(text, /i\\n\\u001b\]0;x\\u0007/);
      assert.match(text, /^release default\/r\\u001b\]0;x\\u0007, DaemonSet d\\u001b/);
    }
  });
});
