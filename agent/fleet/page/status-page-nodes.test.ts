import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  madeUpNode,
  madeUpRelease,
  madeUpReport,
  madeUpRevision as revision,
} from "../../testing/made-up-report.ts";
import { cellsIn, groupsIn, textIn } from "../../testing/page-parts.ts";
import { nodeStates, type ReportedNode } from "../fleet-report.ts";
import type { ReleaseStatus, StatusReport } from "../status-report.ts";
import { statusPageFrom } from "./status-page.ts";

const release = (nodes: readonly ReportedNode[], fields: Partial<ReleaseStatus> = {}) =>
  madeUpRelease({ nodes, ...fields });

const page = (releases: readonly ReleaseStatus[], rest: Partial<StatusReport> = {}) =>
  statusPageFrom(madeUpReport(releases, rest));

describe("the nodes on statusPageFrom()'s page", () => {
  it("shows how many of the nodes that count have succeeded, and what has to", () => {
    const idle = madeUpNode("idle", { state: "nothing-to-do", isCounted: false });
    const nodes = [madeUpNode("bad", { state: "failed" }), idle, madeUpNode("good")];
    const html = page([release(nodes, { absent: 2, percent: 25, minPercent: 90 })]);
    assert.match(textIn(html), /25 % 1 of 4 nodes say succeeded ; 90 % have to/);
    assert.match(
      html,
      /<rect class=succeeded x=0.0 width=250.0 height=10 \/><rect class=failed x=250.0 width=250.0 height=10 \/><path d="M900 0v10"\/>/,
    );
    assert.match(html, /aria-label="25 % have succeeded"/);
    const one = page([release([madeUpNode("good")], { percent: 100 })]);
    assert.match(textIn(one), /1 of 1 node says succeeded/);
    assert.ok(!one.includes("<path"));
    assert.ok(!page([release([])]).includes("<svg"));
  });

  it("has a cell for each node, state by state", () => {
    const states = nodeStates.map((state) =>
      madeUpNode(`n-${state}`, { state, isCounted: state !== "missing" }),
    );
    const html = page([release(states)]);
    assert.deepEqual(
      cellsIn(html).map(([state, , name, , mark]) => [state, name, mark]),
      [
        ["failed", "node n-failed: failed", "✕"],
        ["foreign", "node n-foreign: foreign", "F"],
        ["unowned", "node n-unowned: unowned", "U"],
        ["outdated", "node n-outdated: outdated", "O"],
        ["working", "node n-working: working", "W"],
        ["missing", "node n-missing: missing", "M"],
        ["nothing-to-do", "node n-nothing-to-do: nothing to do", "–"],
        ["succeeded", "node n-succeeded: succeeded", "✓"],
      ],
    );
    assert.deepEqual(groupsIn(html).slice(-2), ["– nothing to do 1", "✓ succeeded 1"]);
  });

  it("keeps apart what is left out, and says so of it", () => {
    const notReady = { isReady: false, isCounted: false };
    const nodes = [
      madeUpNode("n1", { state: "failed", isReady: false }),
      madeUpNode("n2", { state: "failed", ...notReady }),
      madeUpNode("n3", { state: "nothing-to-do", ...notReady }),
      madeUpNode("n4", { state: "missing", ...notReady }),
    ];
    const html = page([release(nodes, { absent: 1 })]);
    assert.deepEqual(groupsIn(html), [
      "✕ failed 1",
      "M missing 1",
      "– nothing to do 1",
      "not Ready, left out 1",
      "without a pod 1",
    ]);
    assert.deepEqual(
      cellsIn(html).map(([, , name]) => name),
      [
        "node n1: failed, not Ready",
        "node n4: missing",
        "node n3: nothing to do, not Ready",
        "node n2: failed, not Ready",
      ],
    );
    assert.match(textIn(html), /The DaemonSet chooses 1 node that has no pod of it\./);
    assert.match(textIn(page([release([], { absent: 2 })])), /chooses 2 nodes that have no pod of it\./);
  });

  it("names each reason once, three at most, and cuts what is long", () => {
    const failed = ["a", "b", "a", "c", "d"].map((reason) => ({ image: "x", reason }));
    const nodes = [
      madeUpNode("n1", { state: "failed", failed }),
      madeUpNode("n2", { state: "working", why: "w".repeat(100) }),
    ];
    assert.deepEqual(
      cellsIn(page([release(nodes)])).map(([, , name]) => name),
      ["node n1: failed, a, b, c", `node n2: working, ${"w".repeat(80)}…`],
    );
  });

  it("knows of a node what its annotation says", () => {
    const all = { present: 1, entries: 1, finishedAt: "2026-11-20T06:00:00Z" };
    const nodes = [
      madeUpNode("n1", { ...all, revision }),
      madeUpNode("n2", { present: 1, entries: 20, revision: "1-f" }),
      madeUpNode("n3", { present: 1 }),
    ];
    assert.deepEqual(
      cellsIn(page([release(nodes)])).map(([, , , facts]) => facts),
      ["1 of 1 image, 2026-11-20T06:00:00Z", "1 of 20 images, revision 1-f", ""],
    );
  });
});
