import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type CleanupWorld, createCleanupWorld, orphansOf } from "../testing/cleanup-world.ts";
import { fleetDaemonSetOf, fleetPodOf } from "../testing/fake-fleet-api.ts";

const key = "image-prefetcher.stackrox.io/x";

describe("cleanup() of orphans", () => {
  let world: CleanupWorld;
  beforeEach(() => {
    world = createCleanupWorld();
  });

  it("removes the marks of nodes that the release no longer chooses, and no others", async () => {
    world.marked(["a", "b", "c", "d"], "x");
    world.marked(["d"], "y", "other/y");
    world.api.addNode("e").write(key, "succeeded", undefined);
    world.installed(["a", "c"]);
    assert.deepEqual(await world.run(orphansOf("default/x")), {
      exitCode: 0,
      message: "marks that default/x no longer needs: removed from 2 nodes",
    });
    assert.deepEqual([world.still("x"), world.still("y")], [["a", "c", "e"], ["d"]]);
    assert.deepEqual(
      world.told,
      ["b", "d"].map((node) => `${node}: removed ${key}=succeeded of default/x`),
    );
  });

  it("removes the marks of instances that the release no longer has, several of a node at once", async () => {
    for (const instance of ["x", "old", "older"]) world.marked(["a"], instance, "default/x");
    world.installed(["a"]);
    assert.equal((await world.run(orphansOf("default/x"))).exitCode, 0);
    assert.deepEqual([world.still("x"), world.still("old"), world.still("older")], [["a"], [], []]);
    const old = ["old", "older"].map((instance) => `image-prefetcher.stackrox.io/${instance}`);
    const removals = world.api.calls.filter((call) => call.startsWith("removeMarks"));
    assert.deepEqual(removals, [`removeMarks a ${old.join(",")}`]);
  });

  it("keeps all instances of a release whose DaemonSet names none", async () => {
    for (const instance of ["x", "old"]) world.marked(["a"], instance, "default/x");
    world.installed(["a"], { args: ["prefetch", "--owner=default/x"] });
    await world.run(orphansOf("default/x"));
    assert.deepEqual([world.still("x"), world.still("old")], [["a"], ["a"]]);
  });

  it("removes all that a release without a DaemonSet wrote, when its pods have ended", async () => {
    world.marked(["a", "b"], "x");
    world.marked(["c"], "other", "default/x");
    world.marked(["c"], "y");
    world.api.podsThere.push(fleetPodOf("x", "a"));
    world.api.on(
      "livingPods",
      () => {},
      () => {},
      () => void world.api.podsThere.splice(0),
    );
    assert.equal((await world.run(orphansOf("default/x"))).exitCode, 0);
    assert.deepEqual([world.still("x"), world.still("other"), world.still("y")], [[], [], ["c"]]);
    assert.equal(world.clock.nowMs(), 2_000);
  });

  it("removes nothing of a release without a DaemonSet whose pods do not end", async () => {
    world.marked(["a", "b"], "x");
    world.api.podsThere.push(fleetPodOf("x", "a"));
    assert.deepEqual(await world.run(orphansOf("default/x"), { podTimeoutMs: 4_000 }), {
      exitCode: 3,
      message:
        "1 pod of default/x had not ended (on a) after 4 s, though it has no DaemonSet, and may write again. If it was uninstalled, " +
        "and they cannot end since their node is dead, say so by --instance and --after-uninstall. Nothing was removed",
    });
    assert.deepEqual(world.still("x"), ["a", "b"]);
    const dry = await world.run(orphansOf("default/x"), { podTimeoutMs: 4_000, isDryRun: true });
    assert.match(dry.message, /: would be removed from 2 nodes; nothing was removed$/);
  });

  it("lists the pods at the start and once a pass, and again only where a DaemonSet is another", async () => {
    world.marked(["a", "b", "c", "d", "e", "f"], "x");
    world.installed(["a"]);
    const lists = () => world.api.calls.filter((call) => call.startsWith("pods ") && call.endsWith(" 1"));
    await world.run(orphansOf("default/x"));
    assert.equal(lists().length, 3);
    assert.deepEqual(world.still("x"), ["a"]);
    world.marked(["b", "c", "d", "e", "f"], "x");
    const still = () => {};
    world.api.on("daemonSets", still, still, still, () => world.becomes({}));
    await world.run(orphansOf("default/x"));
    assert.equal(lists().length, 3 + 4);
  });

  it("takes a DaemonSet that is being deleted for none", async () => {
    world.marked(["a"], "x");
    world.installed([], { isBeingDeleted: true });
    await world.run(orphansOf("default/x"));
    assert.deepEqual(world.still("x"), []);
  });

  it("looks at each owner that the annotations of any instance name", async () => {
    world.marked(["a", "b"], "x");
    world.marked(["c"], "y", "other/y");
    world.api.addNode("d").write(key, "succeeded", undefined);
    world.installed(["a"]);
    assert.deepEqual(await world.run(orphansOf()), { exitCode: 0, message: "done for 2 owners" });
    assert.deepEqual([world.still("x"), world.still("y")], [["a", "d"], []]);
    assert.deepEqual(
      world.told.filter((line) => line.startsWith("marks")),
      [
        "marks that default/x no longer needs: removed from 1 node",
        "marks that other/y no longer needs: removed from 1 node",
      ],
    );
  });

  it("says that no owner has a mark", async () => {
    world.api.addNode("a").write(key, "succeeded", undefined);
    const expected = { exitCode: 0, message: "no node carries an owner's mark" };
    assert.deepEqual(await world.run(orphansOf()), expected);
  });

  it("says that there is none, and does so without a list of pods for every page", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    world.marked(names, "x");
    world.installed(names);
    assert.deepEqual(await world.run(orphansOf("default/x")), {
      exitCode: 0,
      message: "marks that default/x no longer needs: on no node",
    });
    assert.equal(world.api.calls.filter((call) => call.startsWith("pods ") && call.endsWith(" 1")).length, 2);
  });

  it("says in a dry run what it would remove", async () => {
    world.marked(["a", "b"], "x");
    world.installed(["a"]);
    assert.deepEqual(await world.run(orphansOf("default/x"), { isDryRun: true }), {
      exitCode: 0,
      message: "marks that default/x no longer needs: would be removed from 1 node; nothing was removed",
    });
    assert.deepEqual(world.still("x"), ["a", "b"]);
  });

  it("keeps the marks of nodes whose pod is being replaced", async () => {
    world.marked(["a"], "x");
    world.installed([], { desired: 1 });
    world.api.podsThere.push(fleetPodOf("x", "a", { isBeingDeleted: true }));
    await world.run(orphansOf("default/x"));
    assert.deepEqual(world.still("x"), ["a"]);
  });

  it("passes over a pod that is for no node", async () => {
    world.marked(["a"], "x");
    world.installed([], { desired: 1 });
    world.api.podsThere.push(fleetPodOf("x", undefined));
    await world.run(orphansOf("default/x"));
    assert.deepEqual(world.still("x"), []);
  });

  it("keeps the mark of a node that was chosen after the pods had been listed", async () => {
    world.marked(["a", "b"], "x");
    world.api.addNode("c");
    world.installed(["a"]);
    const chosen = () => {
      world.marked(["c"], "x");
      world.becomes({});
      world.api.podsThere.push(fleetPodOf("x", "c"));
    };
    // The second pass begins with the third page.
    world.api.on(
      "nodes",
      () => {},
      () => {},
      chosen,
    );
    await world.run(orphansOf("default/x"));
    assert.deepEqual(world.still("x"), ["a", "c"]);
  });

  it("finds a release's pods by its DaemonSets' own selectors", async () => {
    world.marked(["a", "b", "c"], "x");
    world.installed([], { selector: { team: "a" }, desired: 1 });
    world.api.daemonSetsThere.push(fleetDaemonSetOf("x", { name: "second", selector: { team: "b" } }));
    for (const [team, node] of [
      ["a", "a"],
      ["b", "b"],
      ["c", "c"],
    ] as const)
      world.api.podsThere.push(fleetPodOf("x", node, { labels: { team } }));
    await world.run(orphansOf("default/x"));
    assert.deepEqual(world.still("x"), ["a", "b"]);
  });

  it("leaves a mark that another owner took over meanwhile", async () => {
    world.marked(["b"], "x");
    world.installed(["a"]);
    world.api.on("removeMarks", () => world.marked(["b"], "x", "other/z"));
    assert.equal((await world.run(orphansOf("default/x"))).exitCode, 0);
    assert.deepEqual(world.still("x"), ["b"]);
  });
});
