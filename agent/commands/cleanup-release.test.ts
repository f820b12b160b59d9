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
        world.api.daemonSetsThere.push(fleetDaemonSetOf("x", { args: [...list, "--owner=default/x"] }));
        world.api.podsThere.push(fleetPodOf("x", "a"));
        assert.equal((await world.run(instanceOf("x"))).exitCode, removes ? 0 : 2);
        assert.deepEqual(world.still("x"), removes ? [] : ["a"]);
        // The pods of a release that lives on do not end.
        assert.equal(world.clock.nowMs(), 0);
      });
    }

    it("touches nothing where one of several has the instance", async () => {
      world.api.daemonSetsThere.push(
        fleetDaemonSetOf("x", { args: ["--instance=y", "--owner=default/x"] }),
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
        fleetDaemonSetOf("x", { args: fleetDaemonSetOf("y").args }),
        fleetDaemonSetOf("x", { namespace: "other" }),
      );
      assert.deepEqual(await world.run(instanceOf("x")), { exitCode: 0, message: done });
    });

    it("finds it by the last owner that its agents are told, in either way of giving it, and not by labels", async () => {
      const args = ["prefetch", "--instance=x", "--owner=other/y", "--owner", "default/x"];
      world.api.daemonSetsThere.push(fleetDaemonSetOf("x", { args, name: "other", selector: { a: "b" } }));
      assert.equal((await world.run(instanceOf("x"))).exitCode, 2);
      assert.deepEqual(world.still("x"), ["a"]);
    });

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
    const afterUninstall = { isAfterUninstall: true };
    const ofX = instanceOf("x", "default/x");

    it("waits until they have ended, and looks every 2 s", async () => {
      world.api.podsThere.push(fleetPodOf("x", "a"), fleetPodOf("x", "b"), fleetPodOf("x", "c"));
      const left = () => {};
      // Of three pods there are two pages, and the first look lists them all to say how many there are.
      world.api.on("livingPods", left, left, left, left, () => void world.api.podsThere.splice(0));
      assert.deepEqual(await world.run(instanceOf("x")), { exitCode: 0, message: done });
      assert.equal(world.clock.nowMs(), 4_000);
      assert.deepEqual(world.told, [
        "waiting until 3 pods of default/x ended",
        `a: removed ${key}=succeeded of default/x`,
      ]);
    });

    it("asks for one page each time, and for all only to say how many there are", async () => {
      const nodes = ["a", "b", "c", "d", "e"];
      world.api.podsThere.push(...nodes.map((node) => fleetPodOf("x", node)));
      await world.run(ofX, { ...afterUninstall, podTimeoutMs: 6_000 });
      const pages = world.api.calls.filter((call) => call.startsWith("livingPods "));
      assert.deepEqual(
        pages.map((call) => Number(call.slice(-1))),
        [1, 1, 2, 3, 1, 1, 1, 1, 2, 3],
      );
    });

    it("looks on where the first page has none of the release's", async () => {
      const other = { owner: "default/other" };
      world.api.podsThere.push(
        fleetPodOf("x", "a", other),
        fleetPodOf("x", "b", other),
        fleetPodOf("x", "c"),
      );
      const { message } = await world.run(ofX, { ...afterUninstall, podTimeoutMs: 1_000 });
      assert.match(message, /; 1 pod of default\/x had not ended \(on c\)/);
    });

    it("goes on after an uninstall when the time is up, and says where they were", async () => {
      const nodes = ["a", "b", "c", "d", "e", undefined];
      world.api.podsThere.push(...nodes.map((node) => fleetPodOf("x", node)));
      assert.deepEqual(await world.run(ofX, { ...afterUninstall, podTimeoutMs: 5_000 }), {
        exitCode: 0,
        message: `${done}; 6 pods of default/x had not ended (on a, b, c, d, e and 1 more) and may write again`,
      });
      assert.equal(world.clock.nowMs(), 4_000);
    });

    it("removes nothing by hand when the time is up, as somebody lives there", async () => {
      world.api.podsThere.push(fleetPodOf("x", "a"));
      assert.deepEqual(await world.run(instanceOf("x"), { podTimeoutMs: 4_000 }), {
        exitCode: 3,
        message:
          "1 pod of default/x had not ended (on a) after 4 s, though it has no DaemonSet, and may write again. If it was uninstalled, " +
          "and they cannot end since their node is dead, say so by --instance and --after-uninstall. Nothing was removed",
      });
      assert.deepEqual(world.still("x"), ["a"]);
      assert.equal(world.clock.nowMs(), 4_000);
    });

    it("looks a last time when the time is up to the millisecond", async () => {
      world.api.podsThere.push(fleetPodOf("x", undefined));
      const { message } = await world.run(ofX, { ...afterUninstall, podTimeoutMs: 4_000 });
      assert.equal(world.api.calls.filter((call) => call.startsWith("livingPods ")).length, 3 + 2);
      assert.match(message, /; 1 pod of default\/x had not ended \(on none yet\) and may write again$/);
    });

    it("does not wait in a dry run, and says where they are", async () => {
      world.api.podsThere.push(fleetPodOf("x", "a"));
      const { exitCode, message } = await world.run(instanceOf("x"), { isDryRun: true });
      assert.match(message, /; 1 pod of default\/x had not ended \(on a\) and may write again$/);
      assert.deepEqual([exitCode, world.clock.nowMs()], [0, 0]);
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
      const { message } = await world.run(ofX, { ...afterUninstall, podTimeoutMs: 1_000 });
      assert.match(message, /; 2 pods of default\/x had not ended/);
    });

    it("waits for no other release's, for none in another namespace, and for no hook's", async () => {
      world.api.podsThere.push(
        fleetPodOf("y", "a"),
        fleetPodOf("x", "a", { namespace: "other" }),
        fleetPodOf("x", "a", { owner: undefined }),
        fleetPodOf("x", "a", { owner: "default/y" }),
      );
      assert.deepEqual(await world.run(instanceOf("x")), { exitCode: 0, message: done });
    });

    it("waits for them whatever name the chart goes by", async () => {
      const labels = { "app.kubernetes.io/name": "other", "app.kubernetes.io/instance": "x" };
      world.api.podsThere.push(fleetPodOf("x", "a", { labels }));
      assert.equal((await world.run(instanceOf("x"), { podTimeoutMs: 1_000 })).exitCode, 3);
    });

    it("finds them by the labels that it is given, whatever they are told", async () => {
      world.api.podsThere.push(
        fleetPodOf("x", "a"),
        fleetPodOf("x", "b", { labels: { team: "b" }, owner: undefined }),
      );
      const settings = { ...afterUninstall, podSelector: { team: "b" }, podTimeoutMs: 1_000 };
      const { message } = await world.run(ofX, settings);
      assert.match(message, /; 1 pod of default\/x had not ended \(on b\)/);
    });

    it("stops waiting when the release is installed again", async () => {
      world.api.podsThere.push(fleetPodOf("x", "a"));
      world.api.on("livingPods", () => void world.api.daemonSetsThere.push(fleetDaemonSetOf("x")));
      const { exitCode } = await world.run(ofX, afterUninstall);
      assert.deepEqual([exitCode, world.clock.nowMs(), world.still("x")], [0, 2_000, ["a"]]);
    });
  });
});
