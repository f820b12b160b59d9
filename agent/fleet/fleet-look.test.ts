import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KubeError } from "../kube-error.ts";
import {
  annotationOf,
  createFakeFleetApi,
  type FakeFleetApi,
  fleetDaemonSetOf,
  fleetPodOf,
  mark,
} from "../testing/fake-fleet-api.ts";
import { fleetLook } from "../testing/fleet-world.ts";
import type { FleetDaemonSet } from "./fleet-api.ts";
import { type FleetLook, fleetLookFrom, lookAtFleet, podsThere } from "./fleet-look.ts";

/** Nodes with a pod each, and `succeeded`. */
function fleetOf(names: readonly string[], options: { readonly pageSize?: number } = {}): FakeFleetApi {
  const api = createFakeFleetApi(options);
  for (const name of names) {
    mark(api.addNode(name), "a", "default/a");
    api.podsThere.push(fleetPodOf("a", name));
  }
  return api;
}

function look(api: FakeFleetApi, daemonSet: Partial<FleetDaemonSet> = {}): Promise<FleetLook> {
  const { list, expectedRevision, caller } = fleetLook([]);
  const release = { daemonSet: fleetDaemonSetOf("a", daemonSet), list, expectedRevision, caller };
  return lookAtFleet(api, release, new AbortController().signal);
}

const statesOf = ({ nodes }: FleetLook) => nodes.map(({ name, state }) => `${name} ${state}`);

describe("lookAtFleet()", () => {
  it("judges the nodes that have a pod of the DaemonSet, whatever page they are on", async () => {
    const api = fleetOf(["node-1", "node-2", "node-3"], { pageSize: 1 });
    mark(api.addNode("node-4"), "a", "default/a");
    api.podsThere.push(fleetPodOf("b", "node-4"));
    const found = await look(api, { desired: 3 });
    assert.deepEqual(statesOf(found), ["node-1 succeeded", "node-2 succeeded", "node-3 succeeded"]);
    assert.equal(podsThere(found), 3);
    assert.ok(api.calls.includes("nodesWithStatus 4"));
    assert.ok(api.calls.includes(`pods default ${JSON.stringify(fleetDaemonSetOf("a").selector)} 3`));
    assert.ok(api.calls.every((call) => !call.startsWith("warnings")));
  });

  it("judges by the revision that is expected, and not by the agents' own", async () => {
    const { list, caller } = fleetLook([]);
    const release = { daemonSet: fleetDaemonSetOf("a"), list, expectedRevision: "1-ffffffffffff", caller };
    const found = await lookAtFleet(fleetOf(["node-1"]), release, new AbortController().signal);
    assert.deepEqual(statesOf(found), ["node-1 outdated"]);
  });

  it("finds a pod on a Node that is gone", async () => {
    const api = fleetOf(["node-1", "node-2"]);
    api.nodesThere.delete("node-1");
    const found = await look(api, { desired: 1 });
    assert.deepEqual(statesOf(found), ["node-2 succeeded", "node-1 missing"]);
    assert.equal(podsThere(found), 1);
    api.podsThere[0] = fleetPodOf("a", "node-1", { isBeingDeleted: true });
    assert.deepEqual(statesOf(await look(api)), ["node-2 succeeded"]);
  });

  it("leaves a pod out that is being deleted, unless its node cannot confirm that", async () => {
    const api = fleetOf(["node-1", "node-2"]);
    api.podsThere[0] = fleetPodOf("a", "node-1", { isBeingDeleted: true });
    assert.deepEqual(statesOf(await look(api)), ["node-2 succeeded"]);
    const node = api.nodesThere.get("node-1");
    assert.ok(node);
    node.isReady = false;
    assert.deepEqual(statesOf(await look(api)), ["node-1 succeeded", "node-2 succeeded"]);
  });

  it("goes by the newer of two pods on one node", async () => {
    const old = fleetPodOf("a", "node-1", { isBeingDeleted: true });
    const evicted = fleetPodOf("a", "node-1", { phase: "Failed" });
    const fresh = fleetPodOf("a", "node-1", { phase: "Pending", waiting: "ErrImagePull" });
    for (const pods of [
      [old, fresh],
      [fresh, old],
      [evicted, fresh],
      [fresh, evicted],
      [{ ...fresh, waiting: "older", isBeingDeleted: true }, fresh],
      [fresh, { ...fresh, waiting: "older", isBeingDeleted: true }],
    ]) {
      const api = createFakeFleetApi();
      api.addNode("node-1");
      api.podsThere.push(...pods);
      const { nodes } = await look(api);
      assert.equal(nodes[0]?.why, "ErrImagePull");
    }
  });

  it("counts the pods that are on no node, and says what the first waits for", async () => {
    const api = fleetOf(["node-1"]);
    api.podsThere.push(
      fleetPodOf("a", undefined, { isBeingDeleted: true, waiting: "gone" }),
      fleetPodOf("a", undefined),
      fleetPodOf("a", undefined, { waiting: "Unschedulable: no" }),
    );
    const { unscheduled } = await look(api, { desired: 3 });
    assert.deepEqual(unscheduled, { count: 2, why: "Unschedulable: no" });
    assert.ok(api.calls.every((call) => !call.startsWith("warnings")));
  });

  it("asks why pods are missing, and takes the newest answer", async () => {
    const api = fleetOf(["node-1"]);
    api.podsThere.push(fleetPodOf("a", undefined));
    api.warningsThere.push(
      { reason: "FailedCreate", message: "older" },
      { reason: "FailedCreate", message: "newest" },
      { reason: "FailedPlacement", message: "other" },
    );
    assert.equal((await look(api, { desired: 3 })).failedCreate, "newest");
    assert.ok(api.calls.includes("warnings default/a-prefetcher"));
    api.warningsThere.length = 0;
    assert.equal((await look(api, { desired: 3 })).failedCreate, undefined);
  });

  it("asks it too where a pod on a node that is not chosen hides it", async () => {
    const api = fleetOf(["node-1", "former"]);
    api.warningsThere.push({ reason: "FailedCreate", message: "quota" });
    const { failedCreate } = await look(api, { desired: 2, current: 1, misscheduled: 1 });
    assert.equal(failedCreate, "quota");
  });

  it("asks why a pod does not start", async () => {
    const api = createFakeFleetApi();
    api.addNode("node-1");
    const startingSince = "2026-01-02T03:00:00Z";
    api.podsThere.push(fleetPodOf("a", "node-1", { phase: "Pending", startingSince }));
    const seenAtMs = Date.parse("2026-01-02T03:01:00Z");
    api.podWarningsThere.push({ pod: "a-prefetcher-node-1", reason: "FailedMount", message: "no", seenAtMs });
    assert.equal((await look(api)).nodes[0]?.why, "FailedMount: no");
  });

  it("goes on without where it may not read events", async () => {
    const api = fleetOf(["node-1"]);
    api.always("warnings", 403);
    const { failedCreate, nodes } = await look(api, { desired: 2 });
    assert.deepEqual([failedCreate, nodes.length], [undefined, 1]);
    api.always("warnings", new Error("bug"));
    await assert.rejects(look(api, { desired: 2 }), /^Error: bug$/);
  });

  for (const call of ["pods", "nodesWithStatus"] as const) {
    it(`throws where ${call} cannot be read`, async () => {
      const api = fleetOf(["node-1"]);
      api.always(call, 403);
      await assert.rejects(look(api), KubeError);
    });
  }
});

describe("fleetLookFrom()", () => {
  const { list, expectedRevision, caller } = fleetLook([]);
  const release = { daemonSet: fleetDaemonSetOf("a", { isKept: true }), list, expectedRevision, caller };
  const node = { resourceVersion: "1", isReady: true, labels: {}, annotations: {} };

  it("judges by whether agents look again", () => {
    const nodes = [{ ...node, name: "node-1" }];
    const { nodes: judged } = fleetLookFrom(release, [fleetPodOf("a", "node-1")], nodes, undefined);
    assert.match(judged[0]?.why ?? "", /within one interval$/);
  });

  it("judges by the window over which agents spread their pulls", () => {
    const args = [...release.daemonSet.args, "--stagger-window=20h"];
    const staggered = { ...release, daemonSet: { ...release.daemonSet, args } };
    const annotations = { [list.key]: annotationOf("default/a", { verdict: "none" }) };
    const pods = [fleetPodOf("a", "node-1", { phase: "Pending" })];
    const { nodes } = fleetLookFrom(staggered, pods, [{ ...node, name: "node-1", annotations }], undefined);
    assert.match(nodes[0]?.why ?? "", /share of the window \(20h\)$/);
  });

  it("passes over nodes without a pod, and keeps what it is told", () => {
    const look = fleetLookFrom(release, [], [{ ...node, name: "node-2" }], "no");
    const unscheduled = { count: 0, why: undefined };
    assert.deepEqual(look, { ...release, nodes: [], unscheduled, failedCreate: "no" });
  });
});
