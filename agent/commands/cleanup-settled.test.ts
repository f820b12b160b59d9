import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { FleetDaemonSet } from "../fleet/fleet-api.ts";
import { type CleanupWorld, createCleanupWorld, orphansOf } from "../testing/cleanup-world.ts";
import { fleetDaemonSetOf, fleetPodOf } from "../testing/fake-fleet-api.ts";

describe("cleanup() of orphans of a release that is at work", () => {
  let world: CleanupWorld;
  beforeEach(() => {
    world = createCleanupWorld();
  });

  const unsettled: readonly [fields: Partial<FleetDaemonSet>, why: string][] = [
    [{ generation: 2 }, "was changed, and the cluster has not looked at it yet"],
    [{ current: 0 }, "has pods on 0 of 1 node"],
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

  describe("and has pods of an instance that it no longer has", () => {
    const wait = "waiting: DaemonSet default/x-prefetcher has its newest pods on 1 of 2 nodes";
    beforeEach(() => {
      for (const instance of ["old", "x"]) world.marked(["a", "b"], instance, "default/x");
      world.installed(["a", "b"], { updated: 1 });
      world.api.podsThere.splice(1, 1, fleetPodOf("x", "b", { instance: "old" }));
    });

    it("waits until its newest pods are everywhere", async () => {
      const still = () => {};
      world.api.on("daemonSets", still, still, () => {
        world.becomes({ updated: 2 });
        world.api.podsThere.splice(1, 1, fleetPodOf("x", "b"));
      });
      assert.deepEqual(await world.run(orphansOf("default/x")), {
        exitCode: 0,
        message: "marks that default/x no longer needs: removed from 2 nodes",
      });
      assert.deepEqual([world.clock.nowMs(), world.told[0]], [2_000, wait]);
      assert.deepEqual([world.still("x"), world.still("old")], [["a", "b"], []]);
    });

    it("leaves to the pod what it may write again, when the time is up, and says so", async () => {
      assert.deepEqual(await world.run(orphansOf("default/x"), { podTimeoutMs: 4_000 }), {
        exitCode: 0,
        message:
          "marks that default/x no longer needs: removed from 1 node; 1 node still had a pod of an instance that it no longer has, " +
          "and kept its mark",
      });
      assert.deepEqual([world.clock.nowMs(), world.told[0]], [4_000, wait]);
      assert.deepEqual([world.still("x"), world.still("old")], [["a", "b"], ["b"]]);
    });
  });

  it("minds neither pods of an older template, nor more pods than there are nodes", async () => {
    world.marked(["a", "b"], "x");
    world.installed(["a"], { updated: 0, current: 2 });
    assert.deepEqual(await world.run(orphansOf("default/x")), {
      exitCode: 0,
      message: "marks that default/x no longer needs: removed from 1 node",
    });
    assert.deepEqual([world.still("x"), world.clock.nowMs()], [["a"], 0]);
  });

  describe("and has pods left on nodes that it no longer chooses", () => {
    const left = "DaemonSet default/x-prefetcher has pods left on 1 node that it no longer chooses";
    beforeEach(() => {
      world.marked(["a", "b", "c", "d", "e"], "x");
      world.installed(["a"], { misscheduled: 1 });
      world.api.podsThere.push(fleetPodOf("x", "b", { isBeingDeleted: true }));
    });

    it("waits until they are gone", async () => {
      const still = () => {};
      world.api.on("daemonSets", still, still, () => {
        world.becomes({ misscheduled: 0 });
        world.api.podsThere.pop();
      });
      assert.deepEqual(await world.run(orphansOf("default/x")), {
        exitCode: 0,
        message: "marks that default/x no longer needs: removed from 4 nodes",
      });
      assert.equal(world.clock.nowMs(), 4_000);
      assert.deepEqual([world.told[0], world.still("x")], [`waiting: ${left}`, ["a"]]);
    });

    it("goes on without those nodes when the time is up, which it waits for once, and says so", async () => {
      assert.deepEqual(await world.run(orphansOf("default/x"), { podTimeoutMs: 4_000 }), {
        exitCode: 0,
        message:
          "marks that default/x no longer needs: removed from 3 nodes; 1 node that it no longer chooses still had its pod, and kept the marks",
      });
      assert.equal(world.clock.nowMs(), 4_000);
      assert.deepEqual(world.still("x"), ["a", "b"]);
    });

    it("says so too where there was nothing to remove", async () => {
      for (const name of ["c", "d", "e"]) world.api.nodesThere.delete(name);
      const { message } = await world.run(orphansOf("default/x"), { podTimeoutMs: 1_000 });
      assert.match(
        message,
        /: on no node; 1 node that it no longer chooses still had its pod, and kept the marks$/,
      );
    });
  });

  it("goes on where its DaemonSets are only listed in another order", async () => {
    world.marked(["a", "b", "c", "d"], "x");
    world.installed(["a"]);
    world.api.daemonSetsThere.push(fleetDaemonSetOf("x", { name: "second", selector: { team: "b" } }));
    const still = () => {};
    world.api.on("daemonSets", still, still, still, () => void world.api.daemonSetsThere.reverse());
    assert.equal((await world.run(orphansOf("default/x"))).exitCode, 0);
    assert.deepEqual(world.still("x"), ["a"]);
  });

  const changes: readonly [what: string, change: () => void][] = [
    ["has another generation", () => world.becomes({ generation: 2, observedGeneration: 2 })],
    ["has another instance", () => world.becomes({ args: ["--instance=old", "--owner=default/x"] })],
    ["has another name", () => world.becomes({ name: "second" })],
    ["is gone", () => void world.api.daemonSetsThere.splice(0)],
  ];
  for (const [what, change] of changes) {
    it(`stops before the page at which a DaemonSet ${what}`, async () => {
      world.marked(["a", "b", "c", "d"], "x");
      world.installed(["a"]);
      const still = () => {};
      world.api.on("daemonSets", still, still, still, change);
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
