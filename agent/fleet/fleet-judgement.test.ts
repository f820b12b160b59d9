import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { annotationOf } from "../testing/fake-fleet-api.ts";
import {
  aboutNode as about,
  byUs,
  expectedList,
  judged,
  pendingPod as pending,
  judgedRevision as revision,
  runningPod as running,
} from "../testing/judged-nodes.ts";
import { judgedNodeFrom } from "./fleet-judgement.ts";

const ours = { ...about, revision, entries: 1, present: 1 };

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
    assert.equal(judgedNodeFrom(node, running, expectedList).isReady, false);
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
    const outdated = judged("succeeded", byUs({ revision: long }));
    assert.equal(outdated.why, `the label says succeeded of revision ${"x".repeat(128)}…`);
    const waiting = judged(undefined, undefined, { ...pending, waiting: long });
    assert.equal(waiting.why, `${"x".repeat(400)}…`);
  });
});
