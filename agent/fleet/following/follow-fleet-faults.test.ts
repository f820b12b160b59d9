import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { KubeError } from "../../kube-error.ts";
import { fleetDaemonSetOf, fleetPodOf } from "../../testing/fake-fleet-api.ts";
import {
  type FollowedFleetWorld,
  namesIn,
  useFollowedFleetWorld,
} from "../../testing/followed-fleet-world.ts";

describe("followFleet(), where it is interrupted,", () => {
  const world = useFollowedFleetWorld();
  let { api, clock, states, ended, follow, heard } = {} as FollowedFleetWorld;
  beforeEach(() => {
    ({ api, clock, states, ended, follow, heard } = world());
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
    await heard();
    assert.deepEqual([states.at(-1)?.interruptions, states.at(-1)?.nodes], [[], []]);
  });

  for (const method of ["followNodes", "followAgentDaemonSets"] as const)
    it(`throws where it is refused for good: ${method}`, async () => {
      await follow();
      api.disturb(method, 403);
      await clock.advance(250);
      const error = await ended();
      assert.ok(error instanceof KubeError && error.status === 403, String(error));
    });

  for (const method of ["followPods", "warnings", "podWarnings"] as const)
    it(`throws where the login fails, as each try would log in anew: ${method}`, async () => {
      await follow();
      const error = new KubeError("no login", undefined, { lasting: "login" });
      api.on(method, error);
      if (method === "podWarnings")
        api.podsThere.push(fleetPodOf("a", "n2", { startingSince: "2026-11-23T02:00:00Z" }));
      else api.daemonSetsThere.push(fleetDaemonSetOf("b", { desired: 7 }));
      await heard();
      // The state before it was seen a moment ago.
      await clock.advance(250);
      assert.equal(await ended(), error);
    });

  it("says that pods are refused, and tries again after half a minute", async () => {
    await follow();
    api.disturb("followPods", 403);
    await clock.advance(250);
    assert.deepEqual(states.at(-1)?.interruptions, ["cannot watch pods (HTTP 403)"]);
    assert.deepEqual(namesIn(states.at(-1)), [["a-prefetcher", "n1"]]);
    await clock.advance(30_000);
    assert.deepEqual(states.at(-1)?.interruptions, []);
  });

  for (const [method, ofState, ofRelease] of [
    ["followNodes", true, false],
    ["followAgentDaemonSets", true, false],
    ["followPods", false, true],
  ] as const)
    it(`says what may be old by now: ${method}`, async () => {
      await follow();
      const isOld = () => [states.at(-1)?.isInterrupted, states.at(-1)?.releases[0]?.isInterrupted];
      assert.deepEqual(isOld(), [false, false]);
      api.disturb(method, "no answer");
      await clock.advance(250);
      assert.deepEqual(isOld(), [ofState, ofRelease]);
      await heard();
      assert.deepEqual(isOld(), [false, false]);
    });

  it("throws what keeps all from being known when it is told to end before half a minute", async () => {
    api.always("followPods", 403);
    await follow();
    world().controller.abort(new Error("told to end"));
    assert.match(String(await ended()), /^KubeError: cannot followPods \(HTTP 403\)$/);
  });

  it("throws what still keeps all from being known after half a minute", async () => {
    api.always("followPods", 403);
    await follow();
    await clock.advance(29_999);
    assert.deepEqual(states, []);
    await clock.advance(1);
    assert.match(String(await ended()), /cannot followPods \(HTTP 403\)/);
  });

  it("throws a bug as it is", async () => {
    await follow();
    api.on("followPods", new TypeError("a bug"));
    api.daemonSetsThere.push(fleetDaemonSetOf("b"));
    await heard();
    assert.ok((await ended()) instanceof TypeError);
  });
});
