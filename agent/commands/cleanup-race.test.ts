import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type CleanupWorld, createCleanupWorld, instanceOf, orphansOf } from "../testing/cleanup-world.ts";
import { fleetDaemonSetOf, fleetPodOf } from "../testing/fake-fleet-api.ts";

const none = () => {};
const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
const remedy = "kubectl rollout restart -n default daemonset/x-prefetcher";
const overtaken = (nodes: string) =>
  `release default/x is installed again, and may have found in place what was removed from ${nodes} just then, which its ` +
  `agents do not write again by themselves: ${remedy}. `;

describe("cleanup() of an instance whose release comes back while it removes", () => {
  let world: CleanupWorld;
  const installed = () => void world.api.daemonSetsThere.push(fleetDaemonSetOf("x"));
  const removals = () => world.api.calls.filter((call) => call.startsWith("removeMarks")).length;
  beforeEach(() => {
    world = createCleanupWorld({ pageSize: 20 });
    world.marked(names, "x");
  });

  for (const isAfterUninstall of [true, false]) {
    const when = isAfterUninstall ? "after an uninstall" : "by hand";

    it(`stops before the next eight, and says what may be lost and what to do: ${when}`, async () => {
      // At the start, before it looks for pods, and before the first eight.
      world.api.on("daemonSets", none, none, none, installed);
      assert.deepEqual(await world.run(instanceOf("x", "default/x"), { isAfterUninstall }), {
        exitCode: 3,
        message: `${overtaken("n0, n1, n2, n3, n4 and 3 more")}What was removed from 8 nodes before that stays removed`,
      });
      assert.deepEqual([removals(), world.still("x")], [8, names.slice(8)]);
      assert.equal(world.api.calls.at(-1), "daemonSets default/x");
    });

    it(`speaks only of what was removed since the last look: ${when}`, async () => {
      world.api.on("daemonSets", none, none, none, none, none, installed);
      const { exitCode, message } = await world.run(instanceOf("x", "default/x"), { isAfterUninstall });
      assert.equal(exitCode, 3);
      const late = overtaken("n16, n17, n18, n19");
      assert.equal(message, `${late}What was removed from 20 nodes before that stays removed`);
    });
  }

  it("ends as before where nothing was removed since the last look", async () => {
    const again = () => world.marked(names, "x");
    world.api.on("removeMarks", again, ...names.slice(0, 7).map(() => none));
    world.api.on("daemonSets", none, none, none, installed);
    assert.deepEqual(await world.run(instanceOf("x", "default/x"), { isAfterUninstall: true }), {
      exitCode: 0,
      message:
        "release default/x is installed again, and keeps what it has on the nodes. Nothing was removed",
    });
    assert.deepEqual(world.still("x"), names);
  });

  it("looks a last time where agents write again and again", async () => {
    world.api.on("nodes", ...Array.from({ length: 5 }, () => () => world.marked(["n0"], "x")), installed);
    const { message } = await world.run(instanceOf("x", "default/x"), { isAfterUninstall: true });
    assert.match(message, /written anew on 1 node/);
    const other = createCleanupWorld();
    other.marked(["a"], "x");
    const writes = Array.from({ length: 5 }, () => () => other.marked(["a"], "x"));
    other.api.on("nodes", ...writes);
    const back = () => void other.api.daemonSetsThere.push(fleetDaemonSetOf("x"));
    other.api.on("daemonSets", ...Array.from({ length: 7 }, () => none), back);
    const end = await other.run(instanceOf("x", "default/x"), { isAfterUninstall: true });
    assert.deepEqual([end.exitCode, end.message.startsWith(overtaken("a"))], [3, true]);
  });

  it("does not look a last time where it removed nothing", async () => {
    await world.run(instanceOf("x", "default/x"), { isDryRun: true });
    assert.equal(world.api.calls.at(-1), "daemonSets default/x");
    assert.equal(world.api.calls.filter((call) => call.startsWith("daemonSets")).length, 2 + 3);
  });
});

describe("cleanup() of orphans on a node that is chosen while it removes", () => {
  let world: CleanupWorld;
  const chosen = (node: string) => {
    world.becomes({});
    world.api.podsThere.push(fleetPodOf("x", node));
  };
  beforeEach(() => {
    world = createCleanupWorld({ pageSize: 20 });
    world.marked([...names, "kept"], "x");
    world.installed(["kept"]);
  });

  it("keeps the mark where it is chosen before its eight are looked at", async () => {
    // At the start, before the pass, and before the first eight.
    world.api.on("daemonSets", none, none, none, () => chosen("n9"));
    assert.equal((await world.run(orphansOf("default/x"))).exitCode, 0);
    assert.deepEqual(world.still("x"), ["n9", "kept"]);
  });

  it("says what may be lost where it was among the eight before", async () => {
    world.api.on("daemonSets", none, none, none, () => chosen("n2"));
    assert.deepEqual(await world.run(orphansOf("default/x")), {
      exitCode: 3,
      message: `${overtaken("n2")}What was removed from 8 nodes before that stays removed`,
    });
  });

  it("looks a last time at the end", async () => {
    // Three batches and one look before the second pass, which finds nothing.
    world.api.on("daemonSets", none, none, none, none, none, none, () => chosen("n19"));
    const { exitCode, message } = await world.run(orphansOf("default/x"));
    assert.equal(exitCode, 3);
    assert.ok(message.startsWith(overtaken("n19")), message);
  });

  it("says so where only one of several marks that went from it is needed", async () => {
    world = createCleanupWorld();
    for (const instance of ["old", "x"]) world.marked(["b"], instance, "default/x");
    world.installed(["a"]);
    // At the start, before both passes, before the one batch, and at the end.
    world.api.on("daemonSets", none, none, none, none, () => chosen("b"));
    const { exitCode, message } = await world.run(orphansOf("default/x"));
    assert.deepEqual([exitCode, message.startsWith(overtaken("b"))], [3, true]);
  });

  it("minds no node from which it removed another instance", async () => {
    world = createCleanupWorld();
    world.marked(["a", "b"], "old", "default/x");
    world.installed(["a"]);
    world.api.on("daemonSets", none, none, none, () => chosen("b"));
    assert.equal((await world.run(orphansOf("default/x"))).exitCode, 0);
    assert.deepEqual(world.still("old"), []);
  });
});
