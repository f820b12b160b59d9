import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { fleetDaemonSetOf, fleetPodOf } from "../../testing/fake-fleet-api.ts";
import {
  everything,
  type FollowedFleetWorld,
  namesIn,
  useFollowedFleetWorld,
} from "../../testing/followed-fleet-world.ts";
import type { FleetScope } from "../fleet-state.ts";

describe("followFleet(), of releases,", () => {
  const world = useFollowedFleetWorld();
  let { api, clock, states, follow, heard } = {} as FollowedFleetWorld;
  beforeEach(() => {
    ({ api, clock, states, follow, heard } = world());
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
    await heard();
    assert.deepEqual(namesIn(states.at(-1)), [
      ["a-prefetcher", "n1"],
      ["b-prefetcher", "n1"],
    ]);
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { isBeingDeleted: true });
    await heard();
    assert.deepEqual(namesIn(states.at(-1)), [["b-prefetcher", "n1"]]);
    assert.equal(api.followerCount("followPods"), 1);
  });

  it("has one that comes among the pending until its pods are known, and says the rest meanwhile", async () => {
    await follow();
    api.on("followPods", "hangs");
    api.daemonSetsThere.push(fleetDaemonSetOf("b"));
    await heard();
    assert.deepEqual(namesIn(states.at(-1)), [["a-prefetcher", "n1"]]);
    const pending = () => states.at(-1)?.pending.map(({ name, desired }) => `${name} ${desired}`);
    assert.deepEqual([pending(), states.length], [["b-prefetcher 1"], 2]);
    api.daemonSetsThere[1] = fleetDaemonSetOf("b", { desired: 2 });
    await heard();
    assert.deepEqual(pending(), ["b-prefetcher 2"]);
    assert.deepEqual(states[0]?.pending, []);
  });

  it("follows other pods once a DaemonSet of the same name has another selector", async () => {
    await follow();
    api.podsThere.push(fleetPodOf("a", "n2", { labels: { other: "yes" } }));
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { selector: { other: "yes" } });
    await heard();
    assert.deepEqual(namesIn(states.at(-1)), [["a-prefetcher", "n2"]]);
    assert.equal(api.followerCount("followPods"), 1);
  });

  it("follows no pods without a selector", async () => {
    api.daemonSetsThere[0] = fleetDaemonSetOf("a", { selector: {} });
    await follow();
    assert.deepEqual(namesIn(states[0]), [["a-prefetcher", ""]]);
    assert.equal(api.followerCount("followPods"), 0);
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
    await heard();
    await clock.advance(60_000);
    assert.deepEqual([asked(), states.at(-1)?.releases[0]?.failedCreate], [2, undefined]);
    api.podsThere.splice(0);
    await heard();
    assert.equal(asked(), 3);
  });
});
