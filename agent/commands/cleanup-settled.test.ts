import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { FleetDaemonSet } from "../fleet-api.ts";
import { type CleanupWorld, createCleanupWorld, orphansOf } from "../testing/cleanup-world.ts";

describe("cleanup() of orphans of a release that is at work", () => {
  let world: CleanupWorld;
  beforeEach(() => {
    world = createCleanupWorld();
  });

  const unsettled: readonly [fields: Partial<FleetDaemonSet>, why: string][] = [
    [{ generation: 2 }, "was changed, and the cluster has not looked at it yet"],
    [{ current: 0 }, "has pods on 0 of 1 node"],
    [{ current: 2 }, "has pods on 2 of 1 node"],
    [{ updated: 0 }, "has its newest pods on 0 of 1 node"],
    [{ misscheduled: 2 }, "has pods left on 2 nodes that it no longer chooses"],
  ];
  for (const [fields, why] of unsettled) {
    it(`waits while a DaemonSet ${why}`, async () => {
      world.marked(["a", "b"], "x");
      world.installed(["a"], fields);
      const still = () => {};
      const settled = { generation: 1, current: 1, updated: 1, misscheduled: 0 };
      world.api.on("daemonSets", still, still, () => world.becomes(settled));
      assert.equal((await world.run(orphansOf("default/x"))).exitCode, 0);
      assert.equal(world.clock.nowMs(), 4_000);
      assert.equal(world.told[0], `waiting: DaemonSet default/x-prefetcher ${why}`);
      assert.equal(world.told.length, 2);
      assert.deepEqual(world.still("x"), ["a"]);
    });

    it(`touches nothing where it ${why} for too long`, async () => {
      world.marked(["a", "b"], "x");
      world.installed(["a"], fields);
      assert.deepEqual(await world.run(orphansOf("default/x"), { podTimeoutMs: 4_000 }), {
        exitCode: 3,
        message:
          `DaemonSet default/x-prefetcher ${why}, and so which nodes default/x chooses is not sure after 4 s. ` +
          "Nothing was removed",
      });
      assert.equal(world.clock.nowMs(), 4_000);
      assert.deepEqual(world.still("x"), ["a", "b"]);
    });
  }

  const changes: readonly [what: string, change: () => void][] = [
    ["has another generation", () => world.becomes({ generation: 2, observedGeneration: 2 })],
    ["has another instance", () => world.becomes({ args: ["--instance=old"] })],
    ["has another name", () => world.becomes({ name: "second" })],
    ["is gone", () => void world.api.daemonSetsThere.splice(0)],
  ];
  for (const [what, change] of changes) {
    it(`stops before the page at which a DaemonSet ${what}`, async () => {
      world.marked(["a", "b", "c", "d"], "x");
      world.installed(["a"]);
      world.api.on(
        "daemonSets",
        () => {},
        () => {},
        change,
      );
      assert.deepEqual(await world.run(orphansOf("default/x")), {
        exitCode: 3,
        message:
          "the DaemonSet of default/x was changed meanwhile; run it again when that is done. What was removed from 1 node before " +
          "that stays removed",
      });
      assert.deepEqual(world.still("x"), ["a", "c", "d"]);
    });
  }

  it("stops where a release is installed again meanwhile", async () => {
    world.marked(["a"], "x");
    world.api.on("nodes", () => world.installed(["a"]));
    assert.equal((await world.run(orphansOf("default/x"))).exitCode, 3);
    assert.deepEqual(world.still("x"), ["a"]);
  });

  it("stops before a page at which a DaemonSet does not settle any more", async () => {
    world.marked(["b"], "x");
    world.installed(["a"]);
    world.api.on("nodes", () => world.becomes({ current: 0 }));
    const { exitCode, message } = await world.run(orphansOf("default/x"), { podTimeoutMs: 2_000 });
    assert.equal(exitCode, 3);
    assert.match(message, /^DaemonSet default\/x-prefetcher has pods on 0 of 1 node, /);
    assert.deepEqual(world.still("x"), ["b"]);
  });
});
