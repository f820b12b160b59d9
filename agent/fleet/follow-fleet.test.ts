import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { KubeError } from "../kube-error.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import {
  createFakeFleetApi,
  type FakeFleetApi,
  fleetDaemonSetOf,
  fleetPodOf,
  mark,
} from "../testing/fake-fleet-api.ts";
import type { FleetScope, FleetState } from "./fleet-state.ts";
import { followFleet } from "./follow-fleet.ts";

const everything: FleetScope = { namespace: undefined, release: undefined, instance: undefined };

describe("followFleet()", () => {
  let api: FakeFleetApi;
  let clock: FakeClock;
  let controller: AbortController;
  let states: FleetState[];
  let ended: Promise<unknown>;
  beforeEach(() => {
    api = createFakeFleetApi();
    clock = createFakeClock();
    controller = new AbortController();
    states = [];
    api.addNode("n1");
    api.daemonSetsThere.push(fleetDaemonSetOf("a"));
    api.podsThere.push(fleetPodOf("a", "n1"));
  });
  afterEach(async () => {
    controller.abort(new Error("told to end"));
    await ended;
    for (const method of ["followNodes", "followAgentDaemonSets", "followPods"] as const)
      assert.equal(api.followerCount(method), 0, method);
    assert.equal(clock.pendingCount(), 0);
  });

  /** Follows from now on; resolves when what is there has been seen. */
  async function follow(scope = everything): Promise<void> {
    const seen = async () => {
      for await (const state of followFleet(api, scope, clock, controller.signal)) states.push(state);
    };
    ended = seen().catch((error: unknown) => error);
    await clock.advance(0);
  }
  /** Has what a test has changed be heard of, and lets so much time pass that it is seen. */
  async function changed(): Promise<void> {
    api.changed();
    await clock.advance(250);
  }
  const names = (state: FleetState | undefined) =>
    state?.releases.map(({ daemonSet, pods }) => [daemonSet.name, pods.map(({ node }) => node).join()]);

  it("begins with all that is there", async () => {
    await follow();
    assert.equal(states.length, 1);
    const [state] = states;
    assert.deepEqual(
      state?.nodes.map(({ name }) => name),
      ["n1"],
    );
    assert.deepEqual(names(state), [["a-prefetcher", "n1"]]);
    assert.deepEqual([state?.releases[0]?.failedCreate, state?.interruptions], [undefined, []]);
  });

  for (const method of ["followNodes", "followAgentDaemonSets", "followPods"] as const)
    it(`says nothing before all is known: ${method}`, async () => {
      api.on(method, "hangs");
      await follow();
      await clock.advance(60_000);
      assert.deepEqual(states, []);
    });

  it("sees nodes, DaemonSets and pods change, come and go", async () => {
    await follow();
    mark(api.addNode("n2"), "a", "default/a");
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { resourceVersion: "2", desired: 2 });
    api.podsThere.push(fleetPodOf("a", "n2"));
    await changed();
    api.nodesThere.delete("n1");
    api.podsThere.shift();
    await changed();
    const seen = states.map(({ nodes, releases }) => [
      nodes.map(({ name, labels }) => `${name} ${Object.values(labels)}`).join(),
      releases[0]?.daemonSet.desired,
      releases[0]?.pods.map(({ node }) => node).join(),
    ]);
    assert.deepEqual(seen[0], ["n1 ", 1, "n1"]);
    assert.deepEqual(
      seen.findLast(([, , pods]) => pods === "n1,n2"),
      ["n1 ,n2 succeeded", 2, "n1,n2"],
    );
    assert.deepEqual(seen.at(-1), ["n2 succeeded", 2, "n2"]);
  });

  it("says what comes within 250 ms at once, and the last of it always", async () => {
    await follow();
    for (let version = 0; version < 100; version += 1) {
      api.nodesThere.get("n1")?.write("image-prefetcher.stackrox.io/a", String(version), undefined);
      api.changed();
      await clock.advance(10);
    }
    await clock.advance(250);
    assert.equal(states.length, 1 + 4);
    assert.deepEqual(states.at(-1)?.nodes[0]?.labels, { "image-prefetcher.stackrox.io/a": "99" });
    await clock.advance(10_000);
    assert.equal(states.length, 5, "nothing is said where nothing changes");
  });

  it("gives the same array where it has not changed", async () => {
    await follow();
    api.podsThere.push(fleetPodOf("a", "n2"));
    await changed();
    const [first, second] = states;
    assert.equal(second?.nodes, first?.nodes);
    assert.notEqual(second?.releases[0]?.pods, first?.releases[0]?.pods);
  });

  const scopes: readonly [what: string, scope: Partial<FleetScope>, found: readonly string[]][] = [
    ["all", {}, ["x-prefetcher", "z-prefetcher", "y"]],
    ["a namespace", { namespace: "other" }, ["y"]],
    ["a release", { release: "x" }, ["x-prefetcher", "y"]],
    ["an instance", { instance: "z" }, ["z-prefetcher"]],
    ["what all of them say", { namespace: "default", release: "x", instance: "z" }, []],
  ];
  for (const [what, scope, found] of scopes)
    it(`follows the DaemonSets of ${what}, and none that is being deleted`, async () => {
      const other = { namespace: "other", name: "y", args: ["--owner=other/x", "--instance=y"] };
      api.daemonSetsThere.splice(0, 1, fleetDaemonSetOf("x"), fleetDaemonSetOf("z"));
      api.daemonSetsThere.push(
        fleetDaemonSetOf("x", other),
        fleetDaemonSetOf("x", { name: "d", isBeingDeleted: true }),
      );
      api.daemonSetsThere.push(fleetDaemonSetOf("no-agent", { args: [] }));
      await follow({ ...everything, ...scope });
      assert.deepEqual(
        states[0]?.releases.map(({ daemonSet }) => daemonSet.name),
        found,
      );
      assert.equal(api.followerCount("followPods"), found.length);
    });

  it("follows the pods of a DaemonSet that comes, and no longer those of one that goes", async () => {
    await follow();
    api.daemonSetsThere.push(fleetDaemonSetOf("b"));
    api.podsThere.push(fleetPodOf("b", "n1"));
    await changed();
    assert.deepEqual(names(states.at(-1)), [
      ["a-prefetcher", "n1"],
      ["b-prefetcher", "n1"],
    ]);
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { isBeingDeleted: true });
    await changed();
    assert.deepEqual(names(states.at(-1)), [["b-prefetcher", "n1"]]);
    assert.equal(api.followerCount("followPods"), 1);
  });

  it("leaves one that comes out until its pods are known, and says the rest meanwhile", async () => {
    await follow();
    api.on("followPods", "hangs");
    api.daemonSetsThere.push(fleetDaemonSetOf("b"));
    await changed();
    assert.equal(states.length, 2);
    assert.deepEqual(names(states.at(-1)), [["a-prefetcher", "n1"]]);
  });

  it("follows other pods once a DaemonSet of the same name has another selector", async () => {
    await follow();
    api.podsThere.push(fleetPodOf("a", "n2", { labels: { other: "yes" } }));
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { selector: { other: "yes" } });
    await changed();
    assert.deepEqual(names(states.at(-1)), [["a-prefetcher", "n2"]]);
    assert.equal(api.followerCount("followPods"), 1);
  });

  it("follows no pods without a selector", async () => {
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { selector: {} });
    await follow();
    assert.deepEqual(names(states[0]), [["a-prefetcher", ""]]);
    assert.equal(api.followerCount("followPods"), 0);
  });

  it("says what interrupts it until all has been heard again", async () => {
    await follow();
    api.disturb("followNodes", "no nodes");
    await clock.advance(250);
    api.disturb("followPods", "no pods");
    api.disturb("followAgentDaemonSets", "no sets");
    api.nodesThere.clear();
    await clock.advance(250);
    assert.deepEqual(
      states.map(({ interruptions }) => interruptions),
      [[], ["no nodes"], ["no nodes", "no sets", "no pods"]],
    );
    assert.equal(states.at(-1)?.nodes.length, 1);
    api.disturb("followNodes", "no nodes");
    await clock.advance(250);
    assert.equal(states.length, 3, "the same is said once");
    api.disturb("followNodes", "no pods");
    await clock.advance(250);
    assert.deepEqual(states.at(-1)?.interruptions, ["no pods", "no sets"]);
    await changed();
    assert.deepEqual([states.at(-1)?.interruptions, states.at(-1)?.nodes], [[], []]);
  });

  for (const method of ["followNodes", "followAgentDaemonSets"] as const)
    it(`throws where it is refused for good: ${method}`, async () => {
      await follow();
      api.disturb(method, 403);
      await clock.advance(250);
      const error = await ended;
      assert.ok(error instanceof KubeError && error.status === 403, String(error));
    });

  it("says that pods are refused, and tries again after half a minute", async () => {
    await follow();
    api.disturb("followPods", 403);
    await clock.advance(250);
    assert.deepEqual(states.at(-1)?.interruptions, ["cannot watch pods (HTTP 403)"]);
    assert.deepEqual(names(states.at(-1)), [["a-prefetcher", "n1"]]);
    await clock.advance(30_000);
    assert.deepEqual(states.at(-1)?.interruptions, []);
  });

  it("throws what still keeps all from being known after half a minute", async () => {
    api.always("followPods", 403);
    await follow();
    await clock.advance(29_999);
    assert.deepEqual(states, []);
    await clock.advance(1);
    assert.match(String(await ended), /cannot followPods \(HTTP 403\)/);
  });

  it("throws a bug as it is", async () => {
    await follow();
    api.on("followPods", new TypeError("a bug"));
    api.daemonSetsThere.push(fleetDaemonSetOf("b"));
    await changed();
    assert.ok((await ended) instanceof TypeError);
  });

  it("asks why pods are missing, every ten seconds, while they are", async () => {
    api.podsThere.splice(0);
    api.warningsThere.push({ reason: "FailedCreate", message: "quota" });
    await follow();
    await clock.advance(250);
    assert.deepEqual(
      states.map(({ releases }) => releases[0]?.failedCreate),
      [undefined, "quota"],
    );
    const asked = () => api.calls.filter((call) => call.startsWith("warnings ")).length;
    await clock.advance(9_749);
    assert.equal(asked(), 1);
    await clock.advance(1);
    assert.equal(asked(), 2);
    api.podsThere.push(fleetPodOf("a", "n1"));
    await changed();
    await clock.advance(60_000);
    assert.deepEqual([asked(), states.at(-1)?.releases[0]?.failedCreate], [2, undefined]);
    api.podsThere.splice(0);
    await changed();
    assert.equal(asked(), 3);
  });

  it("throws the signal's reason", async () => {
    await follow();
    controller.abort(new Error("told to end"));
    assert.match(String(await ended), /told to end/);
  });

  it("ends all that it follows when nobody wants more", async () => {
    ended = Promise.resolve();
    for await (const _ of followFleet(api, everything, clock, controller.signal)) break;
    assert.equal(clock.pendingCount(), 0);
  });
});
