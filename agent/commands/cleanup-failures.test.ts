import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type CleanupWorld, createCleanupWorld, instanceOf, orphansOf } from "../testing/cleanup-world.ts";
import { fleetDaemonSetOf, fleetPodOf } from "../testing/fake-fleet-api.ts";

describe("cleanup()", () => {
  let world: CleanupWorld;
  beforeEach(() => {
    world = createCleanupWorld({ pageSize: 20 });
    world.marked(["a", "b"], "x");
  });

  const calls = ["nodes", "daemonSets", "livingPods", "removeMarks"] as const;
  for (const call of calls) {
    it(`ends with 3 and the API server's word where it may not do ${call}`, async () => {
      world.api.always(call, 403);
      assert.deepEqual(await world.run(instanceOf("x")), {
        exitCode: 3,
        message: `cannot ${call} (HTTP 403). Nothing was removed`,
      });
      assert.deepEqual(world.still("x"), ["a", "b"]);
    });

    it(`throws what is a bug in ${call}`, async () => {
      const bug = new TypeError("a bug");
      world.api.on(call, bug);
      await assert.rejects(world.run(instanceOf("x")), bug);
    });

    it(`rejects with the reason when its signal aborts in ${call}`, async () => {
      world.api.always(call, "hangs");
      const controller = new AbortController();
      const reason = new Error("told to end");
      const end = assert.rejects(world.start(instanceOf("x"), {}, controller.signal), reason);
      await world.clock.advance(0);
      controller.abort(reason);
      await end;
      assert.equal(world.clock.pendingCount(), 0);
    });
  }

  it("says what it had removed before", async () => {
    world.marked(["c"], "x");
    world.api.on(
      "nodes",
      () => {},
      () => {},
      500,
    );
    assert.deepEqual(await world.run(instanceOf("x")), {
      exitCode: 3,
      message: "cannot nodes (HTTP 500). What was removed from 3 nodes before that stays removed",
    });
  });

  it("starts no more removals after the first that failed, and waits for those under way", async () => {
    const names = Array.from({ length: 18 }, (_, index) => `n${index}`);
    world.marked(names, "x");
    world.api.on("removeMarks", 0);
    const { exitCode, message } = await world.run(instanceOf("x"));
    assert.equal(exitCode, 3);
    const started = world.api.calls.filter((call) => call.startsWith("removeMarks")).length;
    assert.equal(started, 8);
    assert.equal(world.still("x").length, 20 - (started - 1));
    assert.equal(
      message,
      `cannot removeMarks (HTTP 0). What was removed from ${started - 1} nodes before that stays removed`,
    );
  });

  it("begins anew where the list of nodes expired before its end, and is done with the pass after it", async () => {
    const paged = createCleanupWorld();
    paged.marked(["a", "b", "c"], "x");
    const listed = () => {};
    paged.api.on("nodes", listed, listed, listed, 410);
    assert.deepEqual(await paged.run(instanceOf("x")), {
      exitCode: 0,
      message: "image-prefetcher.stackrox.io/x of default/x: removed from 3 nodes",
    });
    assert.deepEqual(paged.still("x"), []);
    const lists = paged.api.calls.filter((call) => call.startsWith("nodes "));
    assert.deepEqual(
      lists.map((call) => Number(call.slice(-1))),
      [1, 2, 1, 2, 1, 2, 1, 2],
    );
  });

  it("begins anew where it expired before anything was found", async () => {
    world.api.on("nodes", () => {}, 410);
    assert.equal((await world.run(instanceOf("x"))).exitCode, 0);
    assert.deepEqual(world.still("x"), []);
  });

  it("goes over them again in a dry run too, and says nothing twice", async () => {
    const paged = createCleanupWorld();
    paged.marked(["a", "b", "c"], "x");
    const listed = () => {};
    paged.api.on("nodes", listed, listed, listed, 410);
    const { message } = await paged.run(instanceOf("x"), { isDryRun: true });
    assert.match(message, /: would be removed from 3 nodes; nothing was removed$/);
    assert.equal(paged.told.length, 3);
  });

  it("ends with 3 where it expires in each of five passes", async () => {
    world.api.on("nodes", () => {});
    world.api.always("nodes", 410);
    assert.deepEqual(await world.run(instanceOf("x", "default/x")), {
      exitCode: 3,
      message:
        "image-prefetcher.stackrox.io/x of default/x: the list of nodes expired before its end 5 times. What was removed from 2 nodes " +
        "before that stays removed",
    });
  });

  it("rejects with the reason when its signal aborts after a removal has failed", async () => {
    world.api.on("removeMarks", 403, "hangs");
    const controller = new AbortController();
    const end = assert.rejects(world.start(instanceOf("x"), {}, controller.signal), /told to end/);
    await world.clock.advance(0);
    assert.equal(world.api.calls.filter((call) => call.startsWith("removeMarks")).length, 2);
    controller.abort(new Error("told to end"));
    await end;
  });

  it("ends at once when its signal aborts while it waits for pods", async () => {
    world.api.podsThere.push(fleetPodOf("x", "a"));
    const controller = new AbortController();
    const end = assert.rejects(world.start(instanceOf("x"), {}, controller.signal), /told to end/);
    await world.clock.advance(3_000);
    controller.abort(new Error("told to end"));
    await end;
    assert.equal(world.clock.pendingCount(), 0);
    assert.deepEqual(world.still("x"), ["a", "b"]);
  });

  it("goes on with the next owner's orphans where one's cannot be known", async () => {
    world.marked(["c"], "y");
    world.marked(["d"], "z");
    world.api.on("daemonSets", 403);
    world.api.daemonSetsThere.push(fleetDaemonSetOf("z", { observedGeneration: 0 }));
    assert.deepEqual(await world.run(orphansOf()), {
      exitCode: 3,
      message:
        "cannot daemonSets (HTTP 403). Nothing was removed; DaemonSet default/z-prefetcher was changed, and the cluster has not " +
        "looked at it yet, and so which nodes default/z chooses is not sure after 120 s. Nothing was removed",
    });
    assert.deepEqual([world.still("x"), world.still("y"), world.still("z")], [["a", "b"], [], ["d"]]);
    assert.equal(world.told.at(-2), "marks that default/y no longer needs: removed from 1 node");
  });

  it("ends with 3 where the owners of orphans cannot be listed", async () => {
    world.api.on("nodes", 500);
    assert.deepEqual(await world.run(orphansOf()), {
      exitCode: 3,
      message: "cannot nodes (HTTP 500). Nothing was removed",
    });
  });
});
