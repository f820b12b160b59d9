import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { annotationFromRecord } from "../../../agent/node-record.ts";
import type { FleetNodeSeen } from "../../e2e/support/fleet-objects.ts";
import { faultsOf, otherWriterKey } from "./node-check.ts";
import { expectations, fleetKey, fleetOwner } from "./node-plan.ts";

const name = "node-1";
const revision = "1-000000000001";
const expected = { revision, of: () => expectations.pulling };
const foreignLabels = { "example.com/pool": "a" };
const record = {
  v: 1,
  revision,
  owner: fleetOwner,
  verdict: "succeeded",
  entries: 20,
  present: 20,
  skipped: 0,
  failed: [],
} as const;

function fleetOf(
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): ReadonlyMap<string, FleetNodeSeen> {
  return new Map([[name, { metadata: { name, labels: { ...foreignLabels, ...labels }, annotations } }]]);
}

const before = fleetOf({}, {});
const marked = (change: object = {}, label = "succeeded") =>
  fleetOf({ [fleetKey]: label }, { [fleetKey]: annotationFromRecord({ ...record, ...change }) });

describe("faultsOf()", () => {
  it("finds nothing wrong with a Node that says what its runtime has, whatever another writer did", () => {
    const touched = fleetOf(
      { [fleetKey]: "succeeded" },
      { [fleetKey]: annotationFromRecord(record), [otherWriterKey]: "change 1" },
    );
    assert.deepEqual(faultsOf([name], before, marked(), expected), { marks: [], foreign: [] });
    assert.deepEqual(faultsOf([name], before, touched, expected), { marks: [], foreign: [] });
  });

  it("finds a label that is lost or wrong, and a Node that is gone", () => {
    const faultOf = (after: ReadonlyMap<string, FleetNodeSeen>) =>
      faultsOf([name], before, after, expected).marks.join();
    assert.match(faultOf(before), /^node-1: the label is undefined, not succeeded$/);
    assert.match(faultOf(marked({}, "failed")), /^node-1: the label is failed, not succeeded$/);
    assert.match(faultOf(new Map()), /gone/);
  });

  it("finds an annotation of another list, owner, verdict or count", () => {
    const changes = [{ revision: "1-ba9876543210" }, { owner: "a/b" }, { verdict: "none" }, { present: 19 }];
    for (const change of changes)
      assert.equal(
        faultsOf([name], before, marked(change), expected).marks.length,
        1,
        JSON.stringify(change),
      );
  });

  it("finds what was changed, added or removed of others, also on nodes without an agent", () => {
    for (const labels of [{ "example.com/pool": "b" }, { "example.com/new": "x" }])
      assert.equal(faultsOf([], before, fleetOf(labels, {}), expected).foreign.length, 1);
    assert.equal(faultsOf([], before, new Map(), expected).foreign.length, 1);
    assert.equal(faultsOf([], fleetOf({}, { "example.com/a": "1" }), before, expected).foreign.length, 1);
  });
});
