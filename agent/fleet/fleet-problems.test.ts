import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fleetLook, judgedNode } from "../testing/fleet-world.ts";
import { absenceOf, absentPodsOf, releaseProblemsOf } from "./fleet-problems.ts";

const nodes = [judgedNode("node-1"), judgedNode("node-2")];
const few = "DaemonSet default/a-prefetcher has a pod on 2 of the 3 nodes it chooses";

describe("releaseProblemsOf()", () => {
  it("finds none where each chosen node has a pod", () =>
    assert.deepEqual(releaseProblemsOf(fleetLook(nodes)), []));

  it("finds none where more nodes have one than the status says yet, nor where fewer have", () => {
    for (const desired of [0, 3]) assert.deepEqual(releaseProblemsOf(fleetLook(nodes, {}, { desired })), []);
  });

  it("finds that no node is chosen", () =>
    assert.deepEqual(releaseProblemsOf(fleetLook([])), [
      "DaemonSet default/a-prefetcher chooses no node: its nodeSelector, affinity or tolerations leave every node out",
    ]));

  it("believes no number of a status that is about a former generation", () => {
    const pending = [
      "DaemonSet default/a-prefetcher has not been looked at by its controller yet; ask again in a moment",
    ];
    for (const desired of [0, 2, 3]) {
      const status = { generation: 3, observedGeneration: 2, desired };
      assert.deepEqual(releaseProblemsOf(fleetLook(nodes, {}, status)), pending);
      assert.deepEqual(releaseProblemsOf(fleetLook([], {}, status)), pending);
    }
  });

  it("finds that the agents have another list than the one that is expected", () =>
    assert.deepEqual(releaseProblemsOf(fleetLook(nodes, { expectedRevision: "1-ffffffffffff" })), [
      "DaemonSet default/a-prefetcher has the list of revision 1-0123456789ab, and not that of 1-ffffffffffff",
    ]));

  it("finds that it is the sample list", () => {
    const look = fleetLook(nodes);
    assert.deepEqual(releaseProblemsOf({ ...look, list: { ...look.list, isSample: true } }), [
      "this is the chart's sample list, which prefetches nothing of yours: set images",
    ]);
  });
});

describe("absentPodsOf()", () => {
  it("counts the chosen nodes without a pod", () => {
    const counts = [0, 2, 3, 5].map((desired) => absentPodsOf(fleetLook(nodes, {}, { desired })));
    assert.deepEqual(counts, [0, 0, 1, 3]);
  });

  it("takes no pod on a node that is not chosen for one that is missing", () => {
    const status = { desired: 3, current: 2, misscheduled: 1 };
    const look = fleetLook([...nodes, judgedNode("former", { isReady: false })], {}, status);
    assert.equal(absentPodsOf(look), 1);
    assert.equal(absenceOf(look), few);
  });

  it("takes no node that is gone for one with a pod", () => {
    const gone = judgedNode("node-3", { state: "missing", isReady: false });
    assert.equal(absentPodsOf(fleetLook([...nodes, gone])), 1);
  });

  it("believes no number of a status that is about a former generation", () =>
    assert.equal(
      absentPodsOf(fleetLook(nodes, {}, { generation: 3, observedGeneration: 2, desired: 9 })),
      0,
    ));
});

describe("absenceOf()", () => {
  it("says how many of the chosen nodes have a pod", () => {
    assert.equal(absenceOf(fleetLook(nodes, {}, { desired: 3 })), few);
    const gone = judgedNode("node-3", { state: "missing", isReady: false });
    assert.equal(absenceOf(fleetLook([...nodes, gone])), few);
    const one = fleetLook([], {}, { desired: 1 });
    assert.equal(absenceOf(one), "DaemonSet default/a-prefetcher has a pod on 0 of the 1 node it chooses");
  });

  it("says why pods are on no node yet", () => {
    const unscheduled = { count: 1, why: "Unschedulable: Insufficient cpu" };
    assert.equal(
      absenceOf(fleetLook(nodes, { unscheduled }, { desired: 3 })),
      `${few}; 1 pod cannot be scheduled: Unschedulable: Insufficient cpu`,
    );
    const unsaid = { count: 2, why: undefined };
    assert.equal(
      absenceOf(fleetLook(nodes, { unscheduled: unsaid }, { desired: 3 })),
      `${few}; 2 pods cannot be scheduled: nobody says why`,
    );
  });

  it("says why pods could not be created, without secrets and not at any length", () => {
    const failedCreate = `https://u:p@example.com ${"x".repeat(2_000)}`;
    const sentence = absenceOf(fleetLook(nodes, { failedCreate }, { desired: 3 }));
    assert.match(
      sentence,
      /chooses; creating the others was refused: https:\/\/\[redacted\]@example\.com x{900,}…$/,
    );
    assert.ok(sentence.length < 1_200);
  });

  it("names the remedy where Pod Security refuses the pods", () => {
    const failedCreate = 'pods "x" is forbidden: violates PodSecurity "baseline:latest": hostPath volumes';
    assert.equal(
      absenceOf(fleetLook(nodes, { failedCreate }, { desired: 3, namespace: "ns" })),
      `DaemonSet ns/a-prefetcher has a pod on 2 of the 3 nodes it chooses; creating the others was refused: ${failedCreate}. ` +
        "The runtime's socket needs a hostPath volume, which is what the levels baseline and restricted refuse: " +
        "kubectl label namespace ns pod-security.kubernetes.io/enforce=privileged --overwrite",
    );
  });
});
