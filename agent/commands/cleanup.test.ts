import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type CleanupWorld, createCleanupWorld, instanceOf } from "../testing/cleanup-world.ts";
import { annotationOf, fleetDaemonSetOf, mark } from "../testing/fake-fleet-api.ts";

const key = "image-prefetcher.stackrox.io/x";

describe("cleanup() of an instance", () => {
  let world: CleanupWorld;
  beforeEach(() => {
    world = createCleanupWorld();
  });

  it("removes what the one owner wrote, page by page, and looks once more", async () => {
    world.marked(["a", "b", "c"], "x");
    world.marked(["c", "d"], "y");
    assert.deepEqual(await world.run(instanceOf("x")), {
      exitCode: 0,
      message: `${key} of default/x: removed from 3 nodes`,
    });
    assert.deepEqual([world.still("x"), world.still("y")], [[], ["c", "d"]]);
    assert.deepEqual(
      world.told,
      ["a", "b", "c"].map((node) => `${node}: removed ${key}=succeeded of default/x`),
    );
    const pods = 'livingPods default {"app.kubernetes.io/instance":"x"} 1';
    assert.deepEqual(world.api.calls, [
      ...["nodes 1", "nodes 2"],
      ...["daemonSets default/x", "daemonSets default/x", pods],
      ...["nodes 1", "daemonSets default/x", `removeMarks a ${key}`, `removeMarks b ${key}`],
      ...["nodes 2", "daemonSets default/x", `removeMarks c ${key}`],
      ...["nodes 1", "nodes 2", "daemonSets default/x"],
    ]);
  });

  it("removes an annotation that has no label", async () => {
    world.api.addNode("a").write(key, undefined, annotationOf("default/x", { verdict: "none" }));
    assert.equal((await world.run(instanceOf("x"))).exitCode, 0);
    assert.deepEqual(world.still("x"), []);
    assert.deepEqual(world.told, [`a: removed ${key}, an annotation without a label, of default/x`]);
  });

  it("leaves what another owner wrote, and asks which is meant", async () => {
    world.marked(["a"], "x");
    world.marked(["b"], "x", "other/z");
    assert.deepEqual(await world.run(instanceOf("x")), {
      exitCode: 2,
      message: `${key} has several owners; choose one by --owner: default/x, other/z. Nothing was removed`,
    });
    assert.deepEqual(world.still("x"), ["a", "b"]);
    assert.equal((await world.run(instanceOf("x", "other/z"))).exitCode, 0);
    assert.deepEqual(world.still("x"), ["a"]);
  });

  it("lists a few of very many owners", async () => {
    for (const number of [1, 2, 3, 4, 5, 6, 7]) world.marked([`n${number}`], "x", `default/r${number}`);
    const { message } = await world.run(instanceOf("x"));
    assert.match(message, /: default\/r1, default\/r2, default\/r3, default\/r4, default\/r5 and 2 more\. /);
  });

  it("says that there is nothing", async () => {
    world.marked(["a"], "y");
    assert.deepEqual(await world.run(instanceOf("x")), {
      exitCode: 0,
      message: `no node carries ${key} of any owner`,
    });
    assert.deepEqual(await world.run(instanceOf("x", "default/x")), {
      exitCode: 0,
      message: `${key} of default/x: on no node`,
    });
  });

  const unowned: readonly [what: string, label: string | undefined, annotation: string | undefined][] = [
    ["a label without an annotation", "succeeded", undefined],
    ["an annotation without an owner", "succeeded", "{}"],
    ["an annotation that is no JSON", undefined, "{"],
    ["an annotation whose owner can be none", "failed", annotationOf("default/x,app in (y)")],
  ];
  for (const [what, label, annotation] of unowned) {
    it(`leaves ${what}, and says so`, async () => {
      world.api.addNode("a").write(key, label, annotation);
      assert.deepEqual(await world.run(instanceOf("x")), {
        exitCode: 0,
        message: `no node carries ${key} of any owner; on 1 node it has none, and stays unless --include-unowned is given`,
      });
      world.marked(["b"], "x");
      await world.run(instanceOf("x"));
      assert.deepEqual(world.still("x"), ["a"]);
    });

    it(`removes ${what} where it is told to`, async () => {
      world.api.addNode("a").write(key, label, annotation);
      world.marked(["b"], "y");
      const only = await world.run(instanceOf("x"), { includesUnowned: true });
      assert.deepEqual(only, { exitCode: 0, message: `${key} of no owner: removed from 1 node` });
      assert.match(world.told[0] ?? "", / of no owner$/);
      assert.deepEqual([world.still("x"), world.still("y")], [[], ["b"]]);
    });
  }

  it("removes what has no owner together with what has the one that is meant", async () => {
    world.api.addNode("a").write(key, "succeeded", undefined);
    world.marked(["b"], "x");
    world.marked(["c"], "x", "default/z");
    await world.run(instanceOf("x", "default/x"), { includesUnowned: true });
    assert.deepEqual(world.still("x"), ["c"]);
  });

  it("says in a dry run what it would remove, and removes nothing", async () => {
    world.marked(["a", "b", "c"], "x");
    assert.deepEqual(await world.run(instanceOf("x"), { isDryRun: true }), {
      exitCode: 0,
      message: `${key} of default/x: would be removed from 3 nodes; nothing was removed`,
    });
    assert.deepEqual(world.still("x"), ["a", "b", "c"]);
    assert.equal(world.told[0], `a: would remove ${key}=succeeded of default/x`);
    assert.equal(world.api.calls.filter((call) => call === "nodes 1").length, 2);
  });

  it("counts nodes that vanish, and minds them not", async () => {
    world.marked(["a", "b", "c"], "x");
    world.api.on("removeMarks", () => void world.api.nodesThere.delete("a"));
    assert.deepEqual(await world.run(instanceOf("x")), {
      exitCode: 0,
      message: `${key} of default/x: removed from 2 nodes; 1 node had gone meanwhile`,
    });
  });

  it("says so where all had gone", async () => {
    world.marked(["a"], "x");
    world.api.on("removeMarks", () => void world.api.nodesThere.delete("a"));
    const { message } = await world.run(instanceOf("x"));
    assert.equal(message, `${key} of default/x: removed from 0 nodes; 1 node had gone meanwhile`);
  });

  it("leaves a node that changed after it was read to another pass, 2 s later", async () => {
    world.marked(["a", "b"], "x");
    world.api.on("removeMarks", () => world.marked(["a"], "x"));
    assert.equal((await world.run(instanceOf("x"))).message, `${key} of default/x: removed from 2 nodes`);
    assert.deepEqual(world.still("x"), []);
    assert.equal(world.clock.nowMs(), 2_000);
  });

  it("leaves a node that another owner has taken over meanwhile", async () => {
    world.marked(["a"], "x");
    world.api.on("removeMarks", () => world.marked(["a"], "x", "other/z"));
    assert.deepEqual(await world.run(instanceOf("x")), {
      exitCode: 0,
      message: `${key} of default/x: on no node`,
    });
    assert.deepEqual(world.still("x"), ["a"]);
  });

  it("does not wait where nothing had changed", async () => {
    world.marked(["a", "b"], "x");
    await world.run(instanceOf("x"));
    assert.equal(world.clock.nowMs(), 0);
  });

  it("gives up after five passes over nodes that are written again and again", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    world.marked(names, "x");
    world.api.always("removeMarks", () => world.marked(names, "x"));
    assert.deepEqual(await world.run(instanceOf("x")), {
      exitCode: 3,
      message:
        `${key} of default/x: written anew on 6 nodes (a, b, c, d, e and 1 more) while it was removed 5 times. ` +
        "Nothing was removed",
    });
    assert.equal(world.api.calls.filter((call) => call === "nodes 1").length, 6);
    assert.equal(world.clock.nowMs(), 8_000);
  });

  it("is done where the fifth pass finds nothing", async () => {
    world.marked(["a"], "x");
    const again = () => world.marked(["a"], "x");
    world.api.on("removeMarks", again, again, again);
    assert.equal((await world.run(instanceOf("x"))).exitCode, 0);
    assert.equal(world.api.calls.filter((call) => call === "nodes 1").length, 6);
  });

  it("removes from thousands of nodes, eight at once", async () => {
    const large = createCleanupWorld({ pageSize: 250 });
    const names = Array.from({ length: 5_000 }, (_, index) => `n${index}`);
    large.marked(names, "x");
    large.marked(["n7"], "x", "other/z");
    const { exitCode, message } = await large.run(instanceOf("x", "default/x"));
    assert.deepEqual([exitCode, message], [0, `${key} of default/x: removed from 4999 nodes`]);
    assert.deepEqual(large.still("x"), ["n7"]);
    assert.equal(large.api.mostRemovalsAtOnce, 8);
    const requests = large.api.calls.filter((call) => !call.startsWith("removeMarks"));
    // A look before each batch, of which a page of 250 has 32; two at the start, one at the end, and the pods.
    assert.equal(requests.length, 2 * 20 + 20 * 32 + 4);
  });

  it("asks nothing about releases while nothing of theirs is found", async () => {
    world.marked(["a", "b", "c"], "y");
    world.api.daemonSetsThere.push(fleetDaemonSetOf("y"));
    await world.run(instanceOf("x", "default/x"));
    assert.equal(world.api.calls.filter((call) => call === "daemonSets default/x").length, 2);
    mark(world.api.addNode("d"), "x", "default/x");
    await world.run(instanceOf("x", "default/x"));
    assert.equal(world.api.calls.filter((call) => call === "daemonSets default/x").length, 6);
  });
});
