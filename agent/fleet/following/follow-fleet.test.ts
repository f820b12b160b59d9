import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { fleetDaemonSetOf, fleetPodOf, mark } from "../../testing/fake-fleet-api.ts";
import {
  everything,
  type FollowedFleetWorld,
  namesIn,
  useFollowedFleetWorld,
} from "../../testing/followed-fleet-world.ts";
import { followFleet } from "./follow-fleet.ts";

describe("followFleet()", () => {
  const world = useFollowedFleetWorld();
  let { api, clock, controller, states, ended, follow, heard } = {} as FollowedFleetWorld;
  beforeEach(() => {
    ({ api, clock, controller, states, ended, follow, heard } = world());
  });

  it("begins with all that is there", async () => {
    await follow();
    assert.equal(states.length, 1);
    const [state] = states;
    assert.deepEqual(
      state?.nodes.map(({ name }) => name),
      ["n1"],
    );
    assert.deepEqual(namesIn(state), [["a-prefetcher", "n1"]]);
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
    await heard();
    api.nodesThere.delete("n1");
    api.podsThere.shift();
    await heard();
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

  it("says nothing of a node whose version alone is another, as after each heartbeat", async () => {
    await follow();
    const node = api.nodesThere.get("n1");
    assert.ok(node);
    node.version += 1;
    await heard();
    assert.equal(states.length, 1);
    node.isReady = false;
    await heard();
    assert.equal(states.length, 2);
  });

  it("gives the same array where it has not changed", async () => {
    await follow();
    api.podsThere.push(fleetPodOf("a", "n2"));
    await heard();
    const [first, second] = states;
    assert.equal(second?.nodes, first?.nodes);
    assert.notEqual(second?.releases[0]?.pods, first?.releases[0]?.pods);
  });

  it("throws the signal's reason", async () => {
    await follow();
    controller.abort(new Error("told to end"));
    assert.match(String(await ended()), /told to end/);
  });

  it("ends all that it follows when nobody wants more", async () => {
    for await (const _ of followFleet(api, everything, clock, controller.signal)) break;
    assert.equal(clock.pendingCount(), 0);
  });
});
