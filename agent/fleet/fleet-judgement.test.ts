import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { annotationOf } from "../testing/fake-fleet-api.ts";
import { judgedNodeFrom, missingNode, type PodOnNode } from "./fleet-judgement.ts";

const key = "image-prefetcher.stackrox.io/a";
const revision = "1-0123456789ab";
const list = { instance: "a", key, owner: "default/a", revision, isSample: false, isKept: false };
const running: PodOnNode = { phase: "Running", waiting: undefined, isBeingDeleted: false };
const pending: PodOnNode = { ...running, phase: "Pending" };
const about = { name: "node-1", isReady: true };
const ours = { ...about, revision, entries: 1, present: 1 };

function judged(
  label: string | undefined,
  annotation: string | undefined,
  pod: PodOnNode = running,
  isKept = false,
) {
  const marks = (value: string | undefined) => (value === undefined ? {} : { [key]: value });
  const node = { ...about, resourceVersion: "1", labels: marks(label), annotations: marks(annotation) };
  return judgedNodeFrom(node, pod, { ...list, isKept });
}

const byUs = (fields: object = {}) => annotationOf("default/a", fields);

describe("judgedNodeFrom() of a node with a label", () => {
  it("is succeeded where the annotation stands behind it", () =>
    assert.deepEqual(judged("succeeded", byUs()), { ...ours, state: "succeeded" }));

  it("has the failures of a failed node, and how many more there are", () => {
    const failed = [{ image: "x:1", reason: "not_found" }];
    const annotation = byUs({ verdict: "failed", entries: 20, present: 12, failed, moreFailed: 7 });
    assert.deepEqual(judged("failed", annotation), {
      ...about,
      state: "failed",
      revision,
      entries: 20,
      present: 12,
      failed,
      moreFailed: 7,
    });
  });

  it("is outdated where the annotation is about another revision, of which nothing more is kept", () => {
    const annotation = byUs({ revision: "1-ffffffffffff", failed: [{ image: "x", reason: "y" }] });
    assert.deepEqual(judged("succeeded", annotation), {
      ...about,
      state: "outdated",
      revision: "1-ffffffffffff",
      why: "the label says succeeded of revision 1-ffffffffffff",
    });
  });

  it("says of an outdated node what keeps its pod", () => {
    const pod = { ...pending, waiting: "ImagePullBackOff: no" };
    assert.equal(
      judged("failed", byUs({ revision: "1-f" }), pod).why,
      "the label says failed of revision 1-f; ImagePullBackOff: no",
    );
  });

  it("is foreign where the annotation names another owner, whatever else it says", () => {
    const foreign = { ...about, state: "foreign", why: "it belongs to other/b" };
    assert.deepEqual(judged("succeeded", annotationOf("other/b")), { ...foreign, revision });
    assert.deepEqual(judged(undefined, '{"owner":"other/b"}'), foreign);
  });

  for (const annotation of [
    undefined,
    "{",
    "[]",
    '{"owner":7,"revision":"1-0123456789ab"}',
    '{"owner":"default/a"}',
  ]) {
    it(`is unowned with the annotation ${annotation}`, () => {
      const { state, why } = judged("succeeded", annotation);
      assert.deepEqual(
        [state, why],
        ["unowned", "the label says succeeded, and no annotation says of whose list"],
      );
    });
  }

  for (const [label, verdict] of [
    ["succeeded", "failed"],
    ["succeeded", "none"],
    ["failed", "succeeded"],
    ["true", "true"],
  ]) {
    it(`is unowned where the label says ${label} and the annotation ${verdict}`, () =>
      assert.deepEqual(judged(label, byUs({ verdict })), {
        ...ours,
        state: "unowned",
        why: `the label says ${label}, and the annotation something else`,
      }));
  }

  it("says whether the node is Ready", () => {
    const node = { name: "n", isReady: false, resourceVersion: "1", labels: {}, annotations: {} };
    assert.equal(judgedNodeFrom(node, running, list).isReady, false);
  });

  const ended = "2026-11-23T02:20:00.123Z";
  for (const [label, fields] of [
    ["succeeded", {}],
    ["failed", { verdict: "failed" }],
    ["succeeded", { revision: "1-f" }],
    [undefined, { verdict: "none" }],
  ] as const) {
    it(`says when the round ended that ${label} with ${JSON.stringify(fields)} speaks of`, () =>
      assert.equal(judged(label, byUs({ finishedAt: ended, ...fields })).finishedAt, ended));
  }

  it("takes any offset and part of a second for a time, and nothing else", () => {
    const timeOf = (finishedAt: unknown) => judged("succeeded", byUs({ finishedAt })).finishedAt;
    const times = [
      "2026-11-23T02:20:00Z",
      "2026-11-23T02:20:00+02:00",
      "2026-11-23T02:20:00.123456789-11:30",
    ];
    assert.deepEqual(times.map(timeOf), times);
    const others = [
      "2026-11-23",
      "2026-13-23T02:20:00Z",
      `x${ended}`,
      `${ended}x`,
      "2026-11-23T02:20:00",
      "1",
      7,
    ];
    for (const other of others) assert.equal(timeOf(other), undefined, String(other));
    assert.equal(timeOf(`2026-11-23T02:20:00.${"1".repeat(10)}Z`), undefined);
  });

  it("says nothing of when another owner's, or nobody's, round ended", () => {
    assert.equal(judged("succeeded", annotationOf("other/b", { finishedAt: ended })).finishedAt, undefined);
    const ofNobody = JSON.stringify({ finishedAt: ended });
    assert.equal(judged("succeeded", ofNobody).finishedAt, undefined);
  });

  it("cuts what no agent would write", () => {
    const long = "x".repeat(1_000);
    const foreign = judged("succeeded", annotationOf(long, { revision: long }));
    assert.equal(foreign.why, `it belongs to ${"x".repeat(128)}…`);
    assert.equal(foreign.revision, `${"x".repeat(128)}…`);
    const outdated = judged("succeeded", byUs({ revision: long }));
    assert.equal(outdated.why, `the label says succeeded of revision ${"x".repeat(128)}…`);
    const waiting = judged(undefined, undefined, { ...pending, waiting: long });
    assert.equal(waiting.why, `${"x".repeat(400)}…`);
  });
});

describe("judgedNodeFrom() of a node without a label", () => {
  const none = byUs({ verdict: "none", present: 0, entries: 3 });
  const working = { ...about, state: "working" };

  it("is working, and says that its pod has written nothing of this list", () => {
    const why = "its pod has not written anything yet";
    assert.deepEqual(judged(undefined, undefined, pending), { ...working, why });
    const former = byUs({ revision: "1-f", verdict: "none" });
    assert.deepEqual(judged(undefined, former, pending), { ...working, revision: "1-f", why });
  });

  it("is pulling once its pod has said so", () =>
    assert.deepEqual(judged(undefined, none, pending), {
      ...working,
      revision,
      entries: 3,
      present: 0,
      why: "pulling",
    }));

  it("says what its pod waits for, without secrets", () => {
    const waiting = "ErrImagePull: https://u:p@example.com/x?sig=1 says no";
    const { state, why } = judged(undefined, none, { ...pending, waiting });
    assert.deepEqual(
      [state, why],
      ["working", "ErrImagePull: https://[redacted]@example.com/x?[redacted] says no"],
    );
  });

  it("says that its pod is being deleted, or has come to nothing", () => {
    const deleted = { ...pending, waiting: "x", isBeingDeleted: true };
    assert.equal(judged(undefined, none, deleted).why, "its pod is being deleted");
    assert.equal(judged(undefined, none, { ...pending, phase: "Failed" }).why, "its pod is Failed");
  });

  it("has nothing to do where the work has ended without a verdict", () =>
    assert.deepEqual(judged(undefined, none, running), {
      ...about,
      state: "nothing-to-do",
      revision,
      entries: 3,
      present: 0,
    }));

  it("has nothing to do where every entry is skipped, whatever its pod does", () => {
    const skipped = (count: number) => byUs({ verdict: "none", entries: 3, skipped: count });
    assert.equal(judged(undefined, skipped(3), pending).state, "nothing-to-do");
    assert.equal(judged(undefined, skipped(2), pending).state, "working");
    const uncounted = byUs({ verdict: "none", entries: "3", skipped: "3" });
    assert.equal(judged(undefined, uncounted, pending).state, "working");
  });

  it("is working where a verdict has lost its label, or none is of another list", () => {
    const gone =
      "the label is gone, though the pod has done its work: delete the pod, and it is written anew";
    const ofNobody = JSON.stringify({ v: 1, revision, verdict: "none", entries: 3, skipped: 3 });
    for (const annotation of [undefined, byUs(), byUs({ revision: "1-f", verdict: "none" }), ofNobody]) {
      const { state, why } = judged(undefined, annotation, running);
      assert.deepEqual([state, why], ["working", gone]);
    }
  });
});

describe("judgedNodeFrom() of a node without a label whose agent keeps it", () => {
  const finishedAt = "2026-11-23T02:20:00Z";
  const kept = (annotation: string | undefined, pod = running) => {
    const { state, why } = judged(undefined, annotation, pod, true);
    return [state, why];
  };
  const none = (fields: object = {}) => byUs({ verdict: "none", entries: 3, ...fields });

  it("is pulling again while its annotation says so", () =>
    assert.deepEqual(kept(none()), ["working", "pulling again"]));

  it("will have its label again where that alone is gone", () => {
    const gone = ["working", "the label is gone: the agent there writes it anew within one interval"];
    for (const annotation of [undefined, byUs(), byUs({ verdict: "failed" }), none({ revision: "1-f" })])
      assert.deepEqual(kept(annotation), gone);
  });

  it("has nothing to do only once the agent has found that out", () => {
    assert.deepEqual(kept(none({ finishedAt, skipped: 3 })), ["nothing-to-do", undefined]);
    assert.deepEqual(kept(none({ skipped: 3 })), ["working", "pulling again"]);
    assert.deepEqual(kept(none({ revision: "1-f", finishedAt }))[0], "working");
    assert.deepEqual(kept(byUs({ finishedAt }))[0], "working");
  });

  it("has nothing to do whatever its pod does, kept or not", () => {
    for (const isKept of [false, true]) {
      const { state } = judged(undefined, none({ finishedAt }), { ...pending, waiting: "x" }, isKept);
      assert.equal(state, "nothing-to-do");
    }
  });

  it("is at its first round before its pod runs", () => {
    assert.deepEqual(kept(none(), pending), ["working", "pulling"]);
    assert.deepEqual(kept(undefined, pending), ["working", "its pod has not written anything yet"]);
  });

  it("says what its pod waits for", () =>
    assert.deepEqual(kept(none(), { ...running, waiting: "CrashLoopBackOff: x" }), [
      "working",
      "CrashLoopBackOff: x",
    ]));
});

describe("missingNode()", () => {
  it("is not Ready, as there is none", () =>
    assert.deepEqual(missingNode("node-1"), { name: "node-1", state: "missing", isReady: false }));
});
