import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fleetState, markedNode, releaseState, statusTime } from "../testing/status-world.ts";
import type { FleetState } from "./fleet-state.ts";
import { type StatusQuestion, statusReportFrom } from "./status-from-state.ts";
import type { StatusReport } from "./status-report.ts";

const question: StatusQuestion = {
  scope: { namespace: "default", release: undefined, instance: undefined },
  revision: undefined,
  minPercent: 100,
  includesNotReady: false,
  program: "prefetcher",
  context: undefined,
  kubeconfig: undefined,
};

const report = (state: FleetState, changed: Partial<StatusQuestion> = {}) =>
  statusReportFrom(state, { ...question, ...changed }, new Date(statusTime));
const node = markedNode("node-1", { a: "default/a" });

describe("statusReportFrom()", () => {
  it("judges each release, and says when", () => {
    const found = report(fleetState([node], [releaseState("a", ["node-1"])]));
    const { releases, ...others } = found;
    const nothing = { interruptions: [], pending: [], strange: [], leftovers: [], notes: [] };
    assert.deepEqual(others, { v: 1, takenAt: statusTime, ...nothing });
    const [release] = releases;
    assert.deepEqual(
      [release?.release, release?.percent, release?.mode, release?.problems, releases.length],
      ["a", 100, "once", [], 1],
    );
  });

  it("says of a release whose agents look again that it is kept", () => {
    const kept = releaseState("a", ["node-1"], { isKept: true });
    assert.equal(report(fleetState([node], [kept])).releases[0]?.mode, "keep");
  });

  it("holds nodes against the revision that is asked for, and the percentage", () => {
    const state = fleetState([node], [releaseState("a", ["node-1"])]);
    const [release] = report(state, { revision: "1-ffffffffffff", minPercent: 7 }).releases;
    assert.deepEqual(
      [release?.revision, release?.counts.outdated, release?.minPercent],
      ["1-ffffffffffff", 1, 7],
    );
  });

  it("says why pods could not be made", () => {
    const lacking = { ...releaseState("a", ["node-1"], { desired: 2 }), failedCreate: "no room" };
    assert.match(report(fleetState([node], [lacking])).releases[0]?.problems[0] ?? "", /refused: no room$/);
  });

  it("has releases by namespace, release and instance", () => {
    const of = (namespace: string, release: string, instance: string) =>
      releaseState(release, [], {
        namespace,
        args: [`--owner=${namespace}/${release}`, `--instance=${instance}`, "--revision=1-0123456789ab"],
      });
    const all = [of("b", "a", "a"), of("a", "b", "b"), of("a", "b", "a"), of("a", "a", "z")];
    assert.deepEqual(
      report(fleetState([], all)).releases.map((each) => `${each.namespace}${each.release}${each.instance}`),
      ["aaz", "aba", "abb", "baa"],
    );
  });

  for (const [what, fields] of [
    ["lacks arguments of ours", { args: ["--owner=default/a"] }],
    ["selects every pod", { selector: {} }],
  ] as const) {
    it(`names a DaemonSet that ${what} as strange, with a note`, () => {
      const { releases, strange, notes } = report(fleetState([], [releaseState("a", [], fields)]));
      assert.deepEqual([releases, strange], [[], [{ namespace: "default", daemonSet: "a-prefetcher" }]]);
      assert.deepEqual(notes, [
        "DaemonSet default/a-prefetcher has no container prefetch with its arguments; is it this chart's?",
      ]);
    });
  }

  it("names a release whose pods are not known yet as pending, with a note", () => {
    const { daemonSet } = releaseState("a", []);
    const { releases, pending, notes } = report({ ...fleetState([node], []), pending: [daemonSet] });
    assert.deepEqual([releases, pending], [[], [{ namespace: "default", daemonSet: "a-prefetcher" }]]);
    assert.deepEqual(notes, ["the pods of DaemonSet default/a-prefetcher are not known yet"]);
  });

  it("says what keeps changes from being heard of, and since when, until they are heard of again", () => {
    const at = (seconds: string, why: readonly string[], before?: StatusReport) =>
      statusReportFrom(
        fleetState([node], [], why),
        question,
        new Date(`2026-11-23T02:20:${seconds}Z`),
        before,
      );
    const heard = at("00", []);
    const first = at("10", ["cannot watch"], heard);
    const second = at("20", ["cannot list"], first);
    const again = at("30", [], second);
    assert.deepEqual(
      [heard, first, second, again].map(({ interruptions, interruptedSince }) => [
        interruptions,
        interruptedSince,
      ]),
      [
        [[], undefined],
        [["cannot watch"], "2026-11-23T02:20:10.000Z"],
        [["cannot list"], "2026-11-23T02:20:10.000Z"],
        [[], undefined],
      ],
    );
    assert.ok(!("interruptedSince" in again));
  });

  it("calls the program as its user does, for leftovers and foreign nodes", () => {
    const nodes = [markedNode("node-1", { a: "default/b", x: "default/gone" })];
    const state = fleetState(nodes, [releaseState("a", ["node-1"])]);
    const { notes, releases } = report(state, {
      program: "kubectl prefetcher",
      context: "c",
      kubeconfig: "k",
    });
    assert.match(
      notes.join(),
      /: kubectl prefetcher cleanup --orphans --owner default\/gone --context c --kubeconfig k/,
    );
    const why = releases[0]?.nodes[0]?.why ?? "";
    assert.match(
      why,
      /: kubectl prefetcher cleanup --instance a --owner default\/b --context c --kubeconfig k$/,
    );
  });

  it("has what keeps changes from being heard of first among its notes, then what to do about leftovers", () => {
    const nodes = [markedNode("node-1", { x: "default/gone" })];
    const { leftovers, notes } = report(fleetState(nodes, [], ["cannot watch"]), { context: "c" });
    assert.equal(leftovers[0]?.kind, "no-release");
    assert.equal(notes[0], "cannot watch");
    assert.match(notes[1] ?? "", /prefetcher cleanup --orphans --owner default\/gone --context c$/);
  });
});
