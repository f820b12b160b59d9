import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  daemonSetFrom,
  nodeFrom,
  nodeStatusFrom,
  type PodObject,
  podFrom,
  warningsFrom,
} from "./fleet-objects.ts";

describe("nodeFrom()", () => {
  it("keeps our labels and annotations, and no others", () => {
    const ours = { "image-prefetcher.stackrox.io/x": "succeeded" };
    const others = {
      "kubernetes.io/os": "linux",
      "image-prefetcher.stackrox.io": "x",
      "a/image-prefetcher.stackrox.io/x": "y",
    };
    const metadata = {
      name: "a",
      resourceVersion: "7",
      labels: { ...others, ...ours },
      annotations: { ...others, "image-prefetcher.stackrox.io/y": "{}" },
    };
    assert.deepEqual(nodeFrom({ metadata }), {
      name: "a",
      resourceVersion: "7",
      labels: ours,
      annotations: { "image-prefetcher.stackrox.io/y": "{}" },
    });
  });

  it("takes a Node that has nothing", () => {
    const nothing = { name: "a", resourceVersion: "", labels: {}, annotations: {} };
    assert.deepEqual(nodeFrom({ metadata: { name: "a" } }), nothing);
  });
});

describe("nodeStatusFrom()", () => {
  const of = (...conditions: readonly { type: string; status: string }[]) =>
    nodeStatusFrom({ metadata: { name: "a" }, status: { conditions } }).isReady;

  it("says whether the Node is Ready", () => {
    const pressure = { type: "DiskPressure", status: "True" };
    assert.equal(of(pressure, { type: "Ready", status: "True" }), true);
    assert.equal(of({ type: "Ready", status: "False" }, pressure), false);
    assert.equal(of({ type: "Ready", status: "Unknown" }), false);
    assert.equal(of(pressure), false);
  });

  it("takes a Node without a status for one that is not Ready", () => {
    const metadata = { name: "a" };
    for (const node of [{ metadata }, { metadata, status: {} }])
      assert.deepEqual(nodeStatusFrom(node), { ...nodeFrom({ metadata }), isReady: false });
  });
});

describe("daemonSetFrom()", () => {
  it("keeps what is looked at", () => {
    const containers = [{ name: "pause", args: ["sleep"] }];
    const initContainers = [{ name: "sidecar" }, { name: "prefetch", args: ["prefetch", "--instance=x"] }];
    const daemonSet = {
      metadata: {
        name: "x-prefetcher",
        namespace: "ns",
        resourceVersion: "17",
        generation: 4,
        deletionTimestamp: "2026-01-02T03:04:05Z",
        labels: { "app.kubernetes.io/instance": "x", team: "a" },
      },
      spec: {
        selector: { matchLabels: { a: "b" } },
        template: { spec: { containers, initContainers, nodeSelector: { c: "d" } } },
      },
      status: {
        observedGeneration: 3,
        desiredNumberScheduled: 9,
        currentNumberScheduled: 8,
        updatedNumberScheduled: 7,
        numberMisscheduled: 6,
      },
    };
    assert.deepEqual(daemonSetFrom(daemonSet), {
      namespace: "ns",
      name: "x-prefetcher",
      resourceVersion: "17",
      selector: { a: "b" },
      args: ["prefetch", "--instance=x"],
      isKept: false,
      isBeingDeleted: true,
      generation: 4,
      observedGeneration: 3,
      desired: 9,
      current: 8,
      updated: 7,
      misscheduled: 6,
    });
  });

  it("finds the agent among the containers too", () => {
    const spec = { containers: [{ name: "sidecar" }, { name: "prefetch", args: ["keep"] }] };
    const object = { metadata: { name: "x" }, spec: { selector: {}, template: { spec } } };
    assert.deepEqual(daemonSetFrom(object).args, ["keep"]);
  });

  it("says whether its pods look again", () => {
    const of = (spec: object) =>
      daemonSetFrom({ metadata: { name: "x" }, spec: { selector: {}, template: { spec } } }).isKept;
    assert.equal(of({ containers: [{ name: "sidecar" }, { name: "keep" }] }), true);
    assert.equal(of({ containers: [{ name: "pause" }], initContainers: [{ name: "keep" }] }), false);
  });

  it("takes one that has nothing", () => {
    const empty = {
      namespace: "",
      name: "x",
      resourceVersion: "",
      selector: {},
      args: [],
      isKept: false,
      isBeingDeleted: false,
      generation: 0,
      observedGeneration: 0,
      desired: 0,
      current: 0,
      updated: 0,
      misscheduled: 0,
    };
    for (const spec of [{}, { containers: [{ name: "prefetch" }] }, { containers: [{ name: "pause" }] }]) {
      const object = { metadata: { name: "x" }, spec: { selector: {}, template: { spec } } };
      assert.deepEqual(daemonSetFrom(object), empty);
    }
  });
});

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

describe("warningsFrom()", () => {
  it("brings them into the order of their times, whichever they have", () => {
    const at = (seconds: number) => `2026-01-02T03:04:0${seconds}Z`;
    const warnings = warningsFrom([
      { reason: "c", message: "3", lastTimestamp: at(3) },
      { reason: "b", message: "2", lastTimestamp: null, eventTime: at(2) },
      { reason: "a", message: "1", lastTimestamp: at(1), eventTime: at(9) },
      { reason: "d", message: "4", lastTimestamp: at(3), eventTime: null },
      {},
    ]);
    assert.deepEqual(
      warnings.map(({ reason, message }) => `${reason}${message}`),
      ["", "a1", "b2", "c3", "d4"],
    );
  });

  it("takes none", () => assert.deepEqual(warningsFrom([]), []));
});
