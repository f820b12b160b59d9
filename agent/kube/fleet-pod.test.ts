import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PodObject, podFrom } from "./fleet-pod.ts";

describe("podFrom()", () => {
  const of = (status: PodObject["status"] & object) => podFrom({ metadata: { name: "p" }, status }).waiting;
  const waiting = (reason: string, message?: string) => ({
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
  });

  it("takes a pod that has nothing", () => {
    const nothing = {
      name: "p",
      node: undefined,
      isBeingDeleted: false,
      owner: undefined,
      instance: undefined,
      phase: "Unknown",
      waiting: undefined,
      startingSince: undefined,
      ended: undefined,
    };
    for (const rest of [{}, { spec: {}, status: {} }, { spec: { affinity: {} } }])
      assert.deepEqual(podFrom({ metadata: { name: "p" }, ...rest }), nothing);
  });

  it("says where it is, and what becomes of it", () => {
    const pod = {
      metadata: { name: "p", deletionTimestamp: "2026-01-02T03:04:05Z" },
      spec: {
        nodeName: "a",
        affinity: affinityFor("metadata.name", "In", "b"),
        initContainers: [{ name: "prefetch", args: ["--owner=ns/y", "--owner=ns/x", "--instance=x"] }],
        containers: [{ name: "pause", args: ["--owner=ns/z"] }],
      },
      status: { phase: "Running", containerStatuses: [{ state: {} }, {}] },
    };
    assert.deepEqual(podFrom(pod), {
      name: "p",
      node: "a",
      isBeingDeleted: true,
      owner: "ns/x",
      instance: "x",
      phase: "Running",
      waiting: undefined,
      startingSince: undefined,
      ended: undefined,
    });
  });

  function affinityFor(key: string, operator: string, ...values: readonly string[]) {
    const nodeSelectorTerms = [{}, { matchFields: [{ key, operator, values }] }];
    return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  }

  it("says for which node a DaemonSet made it before it is scheduled", () => {
    const nodeOf = (...of: Parameters<typeof affinityFor>) =>
      podFrom({ metadata: { name: "p" }, spec: { affinity: affinityFor(...of) } }).node;
    assert.equal(nodeOf("metadata.name", "In", "b"), "b");
    assert.equal(nodeOf("metadata.name", "NotIn", "b"), undefined);
    assert.equal(nodeOf("metadata.namespace", "In", "b"), undefined);
    assert.equal(nodeOf("metadata.name", "In"), undefined);
  });

  it("says what the first container that waits is waiting for", () => {
    const containerStatuses = [waiting("ErrImagePull", "no such image")];
    assert.equal(of({ containerStatuses }), "ErrImagePull: no such image");
    assert.equal(of({ containerStatuses: [waiting("ErrImagePull", "")] }), "ErrImagePull");
    const initContainerStatuses = [{ state: {} }, waiting("CrashLoopBackOff")];
    assert.equal(of({ initContainerStatuses, containerStatuses }), "CrashLoopBackOff");
  });

  it("takes a container that waits for another, or for no reason, for none that waits", () => {
    const containerStatuses = [
      waiting("PodInitializing"),
      waiting("ContainerCreating"),
      { state: { waiting: {} } },
    ];
    assert.equal(of({ containerStatuses }), undefined);
    assert.equal(of({ containerStatuses: [...containerStatuses, waiting("ErrImagePull")] }), "ErrImagePull");
  });

  it("says why it is not scheduled", () => {
    const unscheduled = {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: "0/3 nodes",
    };
    assert.equal(of({ conditions: [unscheduled] }), "Unschedulable: 0/3 nodes");
    assert.equal(of({ conditions: [{ ...unscheduled, status: "True" }] }), undefined);
    assert.equal(of({ conditions: [{ ...unscheduled, type: "Ready" }] }), undefined);
  });
});

describe("podFrom(), of when it began to start,", () => {
  const startTime = "2026-01-02T03:04:05Z";
  const of = (status: PodObject["status"]) =>
    podFrom({ metadata: { name: "p" }, status: { phase: "Pending", startTime, ...status } }).startingSince;
  const waits = (reason: string) => [{ state: { waiting: { reason } } }];

  it("says it while nothing of it runs or has ended", () => {
    const initContainerStatuses = waits("PodInitializing");
    assert.equal(of({ initContainerStatuses, containerStatuses: waits("PodInitializing") }), startTime);
    assert.equal(of({ containerStatuses: waits("ContainerCreating") }), startTime);
    assert.equal(of({ containerStatuses: [{}] }), startTime);
  });

  it("says nothing of one that has begun, waits for something it can tell, or is on no node yet", () => {
    const containerStatuses = waits("PodInitializing");
    for (const state of [{ running: {} }, { terminated: { exitCode: 0 } }])
      assert.equal(of({ initContainerStatuses: [{ state }], containerStatuses }), undefined);
    assert.equal(of({ initContainerStatuses: waits("ErrImagePull"), containerStatuses }), undefined);
    assert.equal(of({ phase: "Running", containerStatuses }), undefined);
    const pod = { metadata: { name: "p" }, status: { phase: "Pending", containerStatuses } };
    assert.equal(podFrom(pod).startingSince, undefined);
  });
});

describe("podFrom(), of how its agent ended,", () => {
  type Statuses = readonly object[];
  const of = (initContainerStatuses: Statuses, containerStatuses: Statuses = []) => {
    const { waiting, ended } = podFrom({
      metadata: { name: "p" },
      status: { phase: "Pending", initContainerStatuses, containerStatuses },
    });
    assert.equal(waiting, undefined);
    return ended;
  };
  const terminated = { exitCode: 5, reason: "Error", message: "no socket\nsecond line\n" };
  const lastState = { terminated };
  const running = { running: { startedAt: "2026-01-02T03:04:05Z" } };
  const backOff = { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } };
  const prefetch = { name: "prefetch", restartCount: 3 };

  it("says the same of the ends while it is away, waits, and runs again", () => {
    const away = { exitCode: 5, times: 4, why: "no socket", isBack: false };
    assert.deepEqual(of([{ ...prefetch, state: { terminated } }]), away);
    assert.deepEqual(of([{ ...prefetch, state: backOff, lastState }]), away);
    const back = { ...prefetch, restartCount: 4, state: running, lastState };
    assert.deepEqual(of([back]), { ...away, isBack: true });
  });

  it("says nothing of one that ended well, whatever was before, or has not ended", () => {
    const well = { terminated: { ...terminated, exitCode: 0 } };
    assert.equal(of([{ ...prefetch, state: well, lastState }]), undefined);
    assert.equal(of([{ ...prefetch, state: running, lastState: well }]), undefined);
    assert.equal(of([{ ...prefetch, restartCount: 0, state: running, lastState: {} }]), undefined);
  });

  it("speaks of prefetch, and of keep while that does not run, and of no other", () => {
    const done = { ...prefetch, state: { terminated: { exitCode: 0 } } };
    const keep = { name: "keep", restartCount: 0, state: backOff, lastState };
    assert.equal(of([done], [keep])?.exitCode, 5);
    assert.equal(of([done], [{ ...keep, restartCount: 1, state: running }]), undefined);
    assert.equal(of([{ ...prefetch, name: "sidecar", state: { terminated } }], []), undefined);
  });

  it("says what the runtime knows of it, and nothing of a log's last lines", () => {
    const whyOf = (fields: object) =>
      of([{ ...prefetch, state: { terminated: { ...terminated, ...fields } } }])?.why;
    assert.equal(whyOf({ reason: "OOMKilled", message: '{"level":"info"}\n{"level":"info"}' }), "OOMKilled");
    assert.equal(whyOf({ reason: "StartError", message: "exec: no" }), "StartError: exec: no");
    assert.equal(whyOf({ reason: undefined, message: "\n \n" }), "");
  });

  it("has more to say of what is not an end", () => {
    const state = { waiting: { reason: "ErrImagePull", message: "no such image" } };
    const initContainerStatuses = [{ ...prefetch, state, lastState }];
    const pod = podFrom({ metadata: { name: "p" }, status: { phase: "Pending", initContainerStatuses } });
    assert.equal(pod.waiting, "ErrImagePull: no such image");
  });
});
