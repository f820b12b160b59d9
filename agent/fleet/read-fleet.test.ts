import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import {
  createFakeFleetApi,
  type FakeFleetApi,
  fleetDaemonSetOf,
  fleetPodOf,
} from "../testing/fake-fleet-api.ts";
import { readFleet } from "./read-fleet.ts";

const never = new AbortController().signal;
const everything = { namespace: undefined, release: undefined, instance: undefined };

describe("readFleet()", () => {
  let api: FakeFleetApi;
  beforeEach(() => {
    api = createFakeFleetApi({ pageSize: 1 });
    for (const name of ["n1", "n2"]) api.addNode(name);
    api.daemonSetsThere.push(fleetDaemonSetOf("a", { desired: 2 }));
    api.podsThere.push(fleetPodOf("a", "n1"), fleetPodOf("a", "n2"));
  });

  it("reads all nodes, and the pods of each DaemonSet, of however many pages", async () => {
    const { nodes, releases, interruptions } = await readFleet(api, everything, never);
    assert.deepEqual(
      nodes.map(({ name, isReady }) => [name, isReady]),
      [
        ["n1", true],
        ["n2", true],
      ],
    );
    assert.deepEqual(
      releases.map(({ daemonSet, pods, failedCreate }) => [
        daemonSet.name,
        pods.map(({ node }) => node),
        failedCreate,
      ]),
      [["a-prefetcher", ["n1", "n2"], undefined]],
    );
    assert.deepEqual(interruptions, []);
    assert.ok(!api.calls.some((call) => /^(warnings|podWarnings)/.test(call)));
  });

  it("leaves out what is not asked about, or is being deleted", async () => {
    api.daemonSetsThere.push(
      fleetDaemonSetOf("b"),
      fleetDaemonSetOf("a", { name: "d", isBeingDeleted: true }),
    );
    const { releases } = await readFleet(api, { ...everything, release: "a" }, never);
    assert.deepEqual(
      releases.map(({ daemonSet }) => daemonSet.name),
      ["a-prefetcher"],
    );
  });

  it("reads no pods without a selector", async () => {
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { selector: {}, desired: 0 });
    const { releases } = await readFleet(api, everything, never);
    assert.deepEqual(releases[0]?.pods, []);
    assert.ok(!api.calls.some((call) => call.startsWith("pods")));
  });

  it("asks why pods are missing; one that is being deleted is", async () => {
    api.warningsThere.push({ reason: "FailedCreate", message: "old" });
    api.warningsThere.push({ reason: "FailedCreate", message: "quota" }, { reason: "Other", message: "x" });
    api.podsThere[0] = fleetPodOf("a", "n1", { isBeingDeleted: true });
    const { releases } = await readFleet(api, everything, never);
    assert.equal(releases[0]?.failedCreate, "quota");
  });

  it("asks it too where a pod on a node that is not chosen hides it", async () => {
    api.warningsThere.push({ reason: "FailedCreate", message: "quota" });
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { desired: 2, current: 1, misscheduled: 1 });
    const { releases } = await readFleet(api, everything, never);
    assert.equal(releases[0]?.failedCreate, "quota");
  });

  it("says nothing of it where events may not be read, and throws a bug", async () => {
    api.podsThere.splice(0);
    api.on("warnings", 403, new TypeError("a bug"));
    const { releases } = await readFleet(api, everything, never);
    assert.equal(releases[0]?.failedCreate, undefined);
    await assert.rejects(readFleet(api, everything, never), TypeError);
  });

  it("asks why a pod does not start", async () => {
    const startingSince = "2026-01-02T03:00:00Z";
    api.podsThere[0] = fleetPodOf("a", "n1", { phase: "Pending", startingSince });
    const seenAtMs = Date.parse("2026-01-02T03:01:00Z");
    api.podWarningsThere.push({ pod: "a-prefetcher-n1", reason: "FailedMount", message: "no", seenAtMs });
    const { releases } = await readFleet(api, everything, never);
    assert.deepEqual(
      releases[0]?.pods.map(({ waiting }) => waiting),
      ["FailedMount: no", undefined],
    );
  });

  for (const method of ["agentDaemonSets", "pods", "nodesWithStatus"] as const)
    it(`throws as the API does: ${method}`, async () => {
      api.on(method, 403);
      await assert.rejects(readFleet(api, everything, never), { name: "KubeError", status: 403 });
    });
});
