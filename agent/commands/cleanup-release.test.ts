import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type CleanupWorld, createCleanupWorld, instanceOf } from "../testing/cleanup-world.ts";
import { fleetDaemonSetOf, fleetPodOf } from "../testing/fake-fleet-api.ts";

const key = "image-prefetcher.stackrox.io/x";
const done = `${key} of default/x: removed from 1 node`;

describe("cleanup() of an instance whose release", () => {
  let world: CleanupWorld;
  beforeEach(() => {
    world = createCleanupWorld();
    world.marked(["a"], "x");
  });

  describe("has a DaemonSet", () => {
    const stillThere =
      "release default/x is still installed, and has the instance x: helm uninstall it first, or give --orphans for what it " +
      "no longer needs. ";
    const again = "release default/x is installed again, and keeps what it has on the nodes. ";

    it("touches nothing, which is the user's mistake", async () => {
      world.api.daemonSetsThere.push(fleetDaemonSetOf("x"));
      assert.deepEqual(await world.run(instanceOf("x")), {
        exitCode: 2,
        message: `${stillThere}Nothing was removed`,
      });
      assert.deepEqual(world.still("x"), ["a"]);
    });

    it("touches nothing after an uninstall, and nothing is wrong", async () => {
      world.api.daemonSetsThere.push(fleetDaemonSetOf("x"));
      assert.deepEqual(await world.run(instanceOf("x", "default/x"), { isAfterUninstall: true }), {
        exitCode: 0,
        message: `${again}Nothing was removed`,
      });
      assert.deepEqual(world.still("x"), ["a"]);
      assert.deepEqual(world.api.calls, ["daemonSets default/x"]);
    });

    const args: readonly [args: readonly string[], removes: boolean][] = [
      [["prefetch", "--instance=x"], false],
      [["prefetch", "--instance", "x"], false],
      [["prefetch", "--image=y"], false],
      [["prefetch", "--instance=y", "--instance=x"], false],
      [["prefetch", "--instance=y"], true],
      [["prefetch", "--instance", "y"], true],
      [["prefetch", "--instance=x", "--instance=y"], true],
      [["prefetch", "--instance=x1"], true],
    ];
    for (const [list, removes] of args) {
      it(`${removes ? "removes" : "touches nothing"} where that was started with ${list.join(" ")}`, async () => {
        world.api.daemonSetsThere.push(fleetDaemonSetOf("x", { args: list }));
        world.api.podsThere.push(fleetPodOf("x", "a"));
        assert.equal((await world.run(instanceOf("x"))).exitCode, removes ? 0 : 2);
        assert.deepEqual(world.still("x"), removes ? [] : ["a"]);
        // The pods of a release that lives on do not end.
        assert.equal(world.clock.nowMs(), 0);
      });
    }

    it("touches nothing where one of several has the instance", async () => {
      world.api.daemonSetsThere.push(
        fleetDaemonSetOf("x", { args: ["--instance=y"] }),
        fleetDaemonSetOf("x", { name: "second" }),
      );
      assert.equal((await world.run(instanceOf("x"))).exitCode, 2);
    });

    it("takes one that is being deleted for none", async () => {
      world.api.daemonSetsThere.push(fleetDaemonSetOf("x", { isBeingDeleted: true }));
      assert.deepEqual(await world.run(instanceOf("x")), { exitCode: 0, message: done });
    });

    it("takes that of another release or namespace for none", async () => {
      world.api.daemonSetsThere.push(
        fleetDaemonSetOf("x", { release: "y" }),
        fleetDaemonSetOf("x", { namespace: "other" }),
      );
      assert.deepEqual(await world.run(instanceOf("x")), { exitCode: 0, message: done });
    });

    for (const [isAfterUninstall, exitCode, start] of [
      [true, 0, again],
      [false, 2, stillThere],
    ] as const) {
      it(`stops before the page at which it came back, with ${exitCode}`, async () => {
        world.marked(["b", "c", "d"], "x");
        const none = () => {};
        const installed = () => void world.api.daemonSetsThere.push(fleetDaemonSetOf("x"));
        world.api.on("daemonSets", none, none, none, installed);
        assert.deepEqual(await world.run(instanceOf("x", "default/x"), { isAfterUninstall }), {
          exitCode,
          message: `${start}What was removed from 2 nodes before that stays removed`,
        });
        assert.deepEqual(world.still("x"), ["c", "d"]);
        assert.equal(world.api.calls.at(-1), "daemonSets default/x");
      });
    }

    it("leaves what a release that came back wrote between the request for a page and its end", async () => {
      world.api.on("nodes", () => {
        world.api.daemonSetsThere.push(fleetDaemonSetOf("x"));
        world.marked(["a"], "x");
      });
      await world.run(instanceOf("x", "default/x"), { isAfterUninstall: true });
      assert.deepEqual(world.still("x"), ["a"]);
    });
  });

  describe("has pods left", () => {
    it("waits until they have ended, and looks every 2 s", async () => {
      world.api.podsThere.push(fleetPodOf("x", "a"), fleetPodOf("x", "b"), fleetPodOf("x", "c"));
      const left = () => {};
      world.api.on("pods", left, left, left, left, () => void world.api.podsThere.splice(0));
      assert.deepEqual(await world.run(instanceOf("x")), { exitCode: 0, message: done });
      assert.equal(world.clock.nowMs(), 4_000);
      assert.deepEqual(world.told, [
        "waiting until 3 pods of default/x ended",
        `a: removed ${key}=succeeded of default/x`,
      ]);
    });

    it("goes on when the time is up, and says where they were", async () => {
      const nodes = ["a", "b", "c", "d", "e", undefined];
      world.api.podsThere.push(...nodes.map((node) => fleetPodOf("x", node)));
      assert.deepEqual(await world.run(instanceOf("x"), { podTimeoutMs: 5_000 }), {
        exitCode: 0,
        message: `${done}; 6 pods of default/x had not ended (on a, b, c, d, e and 1 more) and may write again`,
      });
      assert.equal(world.clock.nowMs(), 4_000);
    });

    it("looks a last time when the time is up to the millisecond", async () => {
      world.api.podsThere.push(fleetPodOf("x", undefined));
      const { message } = await world.run(instanceOf("x"), { podTimeoutMs: 4_000 });
      assert.equal(world.api.calls.filter((call) => call.startsWith("pods ")).length, 3);
      assert.match(message, /; 1 pod of default\/x had not ended \(on none yet\) and may write again$/);
    });

    it("does not wait in a dry run, and says where they are", async () => {
      world.api.podsThere.push(fleetPodOf("x", "a"));
      const { message } = await world.run(instanceOf("x"), { isDryRun: true });
      assert.match(message, /; 1 pod of default\/x had not ended \(on a\) and may write again$/);
      assert.equal(world.clock.nowMs(), 0);
    });

    for (const phase of ["Succeeded", "Failed"]) {
      it(`does not wait for one that has ended: ${phase}`, async () => {
        world.api.podsThere.push(fleetPodOf("x", "a", { phase }));
        assert.deepEqual(await world.run(instanceOf("x")), { exitCode: 0, message: done });
      });
    }

    it("waits for one that is being deleted, or of which nothing is known", async () => {
      world.api.podsThere.push(
        fleetPodOf("x", "a", { isBeingDeleted: true }),
        fleetPodOf("x", "b", { phase: "Unknown" }),
      );
      const { message } = await world.run(instanceOf("x"), { podTimeoutMs: 1_000 });
      assert.match(message, /; 2 pods of default\/x had not ended/);
    });

    it("waits for no other release's, and for none in another namespace", async () => {
      world.api.podsThere.push(fleetPodOf("y", "a"), fleetPodOf("x", "a", { namespace: "other" }));
      assert.deepEqual(await world.run(instanceOf("x")), { exitCode: 0, message: done });
    });

    it("finds them by the labels that it is given", async () => {
      world.api.podsThere.push(fleetPodOf("x", "a"), fleetPodOf("x", "b", { labels: { team: "b" } }));
      const settings = { podSelector: { team: "b" }, podTimeoutMs: 1_000 };
      const { message } = await world.run(instanceOf("x"), settings);
      assert.match(message, /; 1 pod of default\/x had not ended \(on b\)/);
    });

    it("stops waiting when the release is installed again", async () => {
      world.api.podsThere.push(fleetPodOf("x", "a"));
      world.api.on("pods", () => void world.api.daemonSetsThere.push(fleetDaemonSetOf("x")));
      const { exitCode } = await world.run(instanceOf("x"), { isAfterUninstall: true });
      assert.deepEqual([exitCode, world.clock.nowMs(), world.still("x")], [0, 2_000, ["a"]]);
    });
  });
});
