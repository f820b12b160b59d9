import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { daemonSetFrom, nodeFrom, nodeStatusFrom, podWarningFrom, warningsFrom } from "./fleet-objects.ts";

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

describe("podWarningFrom()", () => {
  const event = { reason: "FailedMount", message: "no", involvedObject: { name: "p" } };
  const said = { pod: "p", reason: "FailedMount", message: "no" };
  const seenAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);

  it("says of which pod it is, and when it was last seen, by whichever time it has", () => {
    const lastTimestamp = "2026-01-02T03:04:05Z";
    assert.deepEqual(podWarningFrom({ ...event, lastTimestamp }), { ...said, seenAtMs });
    const eventTime = "2026-01-02T03:04:05.000000Z";
    assert.deepEqual(podWarningFrom({ ...event, lastTimestamp: null, eventTime }), { ...said, seenAtMs });
  });

  it("takes one that has nothing", () =>
    assert.deepEqual(podWarningFrom({}), { pod: "", reason: "", message: "", seenAtMs: Number.NaN }));
});
