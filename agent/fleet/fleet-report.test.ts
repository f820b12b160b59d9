import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fleetLook, judgedNode } from "../testing/fleet-world.ts";
import type { JudgedNode } from "./fleet-judgement.ts";
import { fleetReportFrom } from "./fleet-report.ts";

const settings = { minPercent: 100, includesNotReady: false };
const reportOf = (nodes: readonly JudgedNode[], changed: Partial<typeof settings> = {}) =>
  fleetReportFrom(fleetLook(nodes), { ...settings, ...changed });
const named = (count: number, fields: Partial<JudgedNode> = {}) =>
  Array.from({ length: count }, (_, index) => judgedNode(`${fields.state ?? "succeeded"}-${index}`, fields));

describe("fleetReportFrom()", () => {
  it("says of whom and what it speaks", () => {
    const look = fleetLook([judgedNode("node-1")], { expectedRevision: "1-ffffffffffff" });
    const { problems: _, ...report } = fleetReportFrom(look, { ...settings, minPercent: 90 });
    assert.deepEqual(report, {
      v: 1,
      release: "a",
      namespace: "default",
      daemonSet: "a-prefetcher",
      instance: "a",
      key: "image-prefetcher.stackrox.io/a",
      revision: "1-ffffffffffff",
      percent: 100,
      minPercent: 90,
      counts: {
        succeeded: 1,
        failed: 0,
        outdated: 0,
        foreign: 0,
        unowned: 0,
        working: 0,
        "nothing-to-do": 0,
        missing: 0,
      },
      absent: 0,
      notReady: 0,
      nodes: [{ name: "node-1", state: "succeeded", isReady: true, isCounted: true }],
      notes: [],
    });
  });

  it("has no problem where every node succeeded", () => assert.deepEqual(reportOf(named(3)).problems, []));

  it("has those of the release as a whole", () =>
    assert.match(fleetReportFrom(fleetLook([]), settings).problems.join(), /^[^,]+ chooses no node/));

  for (const state of ["failed", "outdated", "foreign", "unowned", "working"] as const) {
    it(`has a problem where a node is ${state}`, () => {
      const report = reportOf([...named(2), judgedNode("node-3", { state })]);
      assert.deepEqual(report.problems, [
        "1 of 3 nodes does not say `succeeded`: 66 % do, and 100 % have to",
      ]);
      assert.deepEqual([report.percent, report.counts[state]], [66, 1]);
    });
  }

  it("is content with the percentage that is asked for, and says who is not there", () => {
    const nodes = [...named(9), ...named(1, { state: "failed" })];
    const { problems, notes } = reportOf(nodes, { minPercent: 90 });
    assert.deepEqual(problems, []);
    assert.deepEqual(notes, ["1 of 10 nodes does not say `succeeded`: 90 % do, and 90 % are enough"]);
    const less = reportOf(nodes, { minPercent: 91 });
    assert.deepEqual(less.problems, ["1 of 10 nodes does not say `succeeded`: 90 % do, and 91 % have to"]);
    assert.deepEqual(less.notes, []);
  });

  describe("where chosen nodes have no pod", () => {
    const absentOf = (desired: number, minPercent: number, includesNotReady = false) => {
      const look = fleetLook(named(9), { unscheduled: { count: 1, why: "full" } }, { desired });
      return fleetReportFrom(look, { minPercent, includesNotReady });
    };
    const few =
      "DaemonSet default/a-prefetcher has a pod on 9 of the 10 nodes it chooses; 1 pod cannot be scheduled: full";

    it("counts them with those that did not succeed, and has a note where enough did", () => {
      const { problems, notes, absent, percent, counts } = absentOf(10, 90);
      assert.deepEqual([problems, absent, percent, counts.succeeded], [[], 1, 90, 9]);
      assert.deepEqual(notes, [few, "1 of 10 nodes does not say `succeeded`: 90 % do, and 90 % are enough"]);
    });

    it("has a problem of it, and no note, where too few did", () => {
      const { problems, notes } = absentOf(10, 91);
      assert.deepEqual(problems, [few, "1 of 10 nodes does not say `succeeded`: 90 % do, and 91 % have to"]);
      assert.deepEqual(notes, []);
    });

    it("counts them where no node has a pod", () => {
      const none = fleetReportFrom(fleetLook([], {}, { desired: 2 }), { ...settings, minPercent: 1 });
      assert.deepEqual(
        [none.percent, none.problems],
        [
          0,
          [
            "DaemonSet default/a-prefetcher has a pod on 0 of the 2 nodes it chooses",
            "2 of 2 nodes do not say `succeeded`: 0 % do, and 1 % have to",
          ],
        ],
      );
    });

    it("says nothing of it where each has one", () => {
      const { absent, problems, notes } = absentOf(9, 100);
      assert.deepEqual([absent, problems, notes], [0, [], []]);
    });
  });

  it("rounds down, so that 100 % means every node", () =>
    assert.equal(reportOf([...named(999), ...named(1, { state: "working" })]).percent, 99));

  it("leaves nodes that are not Ready out, and names them", () => {
    const away = [
      judgedNode("node-2", { isReady: false, state: "failed" }),
      judgedNode("node-1", { isReady: false }),
    ];
    const { problems, notes, notReady, counts, nodes, percent } = reportOf([judgedNode("node-3"), ...away]);
    assert.deepEqual([problems, percent, notReady, counts.failed, counts.succeeded], [[], 100, 2, 0, 1]);
    assert.deepEqual(notes, ["2 nodes are not Ready and left out: node-1, node-2"]);
    assert.deepEqual(
      nodes.filter(({ isCounted }) => !isCounted).map(({ name }) => name),
      ["node-2", "node-1"],
    );
  });

  it("counts them where it is told to", () => {
    const away = judgedNode("node-2", { isReady: false, state: "working" });
    const { problems, notes, notReady } = reportOf([judgedNode("node-1"), away], { includesNotReady: true });
    assert.deepEqual(problems, ["1 of 2 nodes does not say `succeeded`: 50 % do, and 100 % have to"]);
    assert.deepEqual([notes, notReady], [[], 0]);
  });

  for (const includesNotReady of [false, true]) {
    it(`counts nodes with nothing to do and such as are gone neither way, ${includesNotReady ? "Ready or not" : "if Ready"}`, () => {
      const idle = judgedNode("node-2", { state: "nothing-to-do" });
      const gone = judgedNode("node-3", { state: "missing", isReady: false });
      const look = fleetLook([judgedNode("node-1"), idle, gone], {}, { desired: 2 });
      const report = fleetReportFrom(look, { ...settings, includesNotReady });
      assert.deepEqual(report.problems, []);
      assert.deepEqual(report.notes, ["1 node is gone, though a pod is still said to be there: node-3"]);
      assert.deepEqual([report.notReady, report.counts.missing, report.counts["nothing-to-do"]], [0, 1, 1]);
    });
  }

  it("has a problem where no node counts, and says why", () => {
    const away = judgedNode("node-1", { isReady: false });
    const idle = judgedNode("node-2", { state: "nothing-to-do" });
    const gone = judgedNode("node-3", { state: "missing", isReady: false });
    const problemsOf = (...nodes: JudgedNode[]) =>
      fleetReportFrom(fleetLook(nodes, {}, { desired: 0 }), settings).problems;
    assert.deepEqual(problemsOf(away), [
      "none of the nodes with a pod counts: 1 not Ready, which --include-not-ready would count",
    ]);
    assert.deepEqual(problemsOf(idle), [
      "none of the nodes with a pod counts: 1 with nothing to do, as no required image is meant for them",
    ]);
    assert.deepEqual(problemsOf(away, idle, gone), [
      "none of the nodes with a pod counts: 1 not Ready, which --include-not-ready would count; " +
        "1 with nothing to do, as no required image is meant for them; 1 gone",
    ]);
    assert.equal(reportOf([idle]).percent, 0);
  });

  it("has what is wrong first, then what does not count, then what succeeded, each by name", () => {
    const nodes = [
      judgedNode("b"),
      judgedNode("a"),
      judgedNode("c", { state: "nothing-to-do" }),
      judgedNode("d", { state: "missing", isReady: false }),
      judgedNode("e", { state: "failed", isReady: false }),
      judgedNode("f", { state: "working" }),
      judgedNode("g", { state: "outdated" }),
      judgedNode("h", { state: "unowned" }),
      judgedNode("i", { state: "foreign" }),
      judgedNode("k", { state: "failed" }),
      judgedNode("j", { state: "failed" }),
    ];
    const names = (includesNotReady: boolean) =>
      reportOf(nodes, { includesNotReady })
        .nodes.map(({ name }) => name)
        .join("");
    assert.equal(names(false), "jkihgfedcab");
    assert.equal(names(true), "ejkihgfdcab");
  });

  it("names ten nodes, and counts the others", () => {
    const nodes = Array.from({ length: 11 }, (_, index) => judgedNode(`n${index}`, { isReady: false }));
    assert.deepEqual(reportOf(nodes).notes, [
      "11 nodes are not Ready and left out: n0, n1, n10, n2, n3, n4, n5, n6, n7, n8, and 1 more",
    ]);
    const [note = ""] = reportOf(nodes.slice(1)).notes;
    assert.ok(note.endsWith("n8, n9"));
  });
});
