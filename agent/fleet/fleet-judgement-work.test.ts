import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  aboutNode as about,
  byUs,
  judged,
  pendingPod as pending,
  judgedRevision as revision,
  runningPod as running,
} from "../testing/judged-nodes.ts";
import { missingNode } from "./fleet-judgement.ts";

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

  it("says what an agent ended with until it has written something of this list", () => {
    const ended = { exitCode: 5, times: 4, why: "no socket", isBack: true };
    const why = "ended 4 times, last with 5: no socket";
    for (const annotation of [undefined, byUs({ revision: "1-f", verdict: "none" })])
      assert.equal(
        judged(undefined, annotation, { ...pending, ended: { ...ended, times: 1 } }).why,
        `ended with 5: no socket`,
      );
    assert.equal(judged(undefined, none, { ...pending, ended }).why, why);
    assert.equal(judged(undefined, none, { ...pending, ended: { ...ended, times: 1 } }).why, "pulling");
    const waiting = "ErrImagePull";
    assert.equal(judged(undefined, undefined, { ...pending, ended, waiting }).why, waiting);
    const former = byUs({ revision: "1-f" });
    assert.equal(
      judged("succeeded", former, { ...pending, ended }).why,
      `the label says succeeded of revision 1-f; ${why}`,
    );
    const { state, why: nothing } = judged("succeeded", byUs(), { ...pending, ended });
    assert.deepEqual([state, nothing], ["succeeded", undefined]);
  });

  it("may be waiting for its share of a window, if there is one", () => {
    const whyOf = (staggerWindow: string) => judged(undefined, none, pending, { staggerWindow }).why;
    assert.equal(whyOf("20h"), "pulling, or waiting for its share of the window (20h)");
    for (const window of ["0s", "0h0m", ""]) assert.equal(whyOf(window), "pulling");
    const { why } = judged(undefined, undefined, pending, { staggerWindow: "20h" });
    assert.equal(why, "its pod has not written anything yet");
  });

  it("keeps what the kubelet says of a volume called token", () => {
    const waiting = 'FailedMount: MountVolume.SetUp failed for volume "token" : configmap "x" not found';
    assert.equal(judged(undefined, undefined, { ...pending, waiting }).why, waiting);
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
    const { state, why } = judged(undefined, annotation, pod, { isKept: true });
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
      const { state } = judged(undefined, none({ finishedAt }), { ...pending, waiting: "x" }, { isKept });
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
