import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { unavailable } from "./testing/fake-node-api.ts";
import { createKeepWorld, type KeepWorld } from "./testing/keep-world.ts";
import { annotationOf } from "./testing/round-world.ts";

const failedIn = (world: KeepWorld) => annotationOf(world).failed;
const underPressure = (world: KeepWorld, isUnderDiskPressure: boolean) => {
  world.nodeApi.marks = { ...world.nodeApi.marks, isUnderDiskPressure };
};

/** A world in which `a` has vanished and cannot be pulled, and it is not time to try again. */
async function createWorldWithFailed(lines: readonly string[]): Promise<KeepWorld> {
  const world = createKeepWorld(lines);
  await world.look();
  world.vanish("a");
  world.imageService.alwaysOnPull("a", failedWith("signature"));
  await world.lookLater();
  return world;
}

/** A world in which `a` is left to the garbage collection for several intervals. */
async function createWorldWithLeft(lines: readonly string[]): Promise<KeepWorld> {
  const world = createKeepWorld(lines);
  await world.look();
  underPressure(world, true);
  world.vanish("a");
  for (let look = 1; look <= 8; look += 1) await world.lookLater();
  underPressure(world, false);
  return world;
}

describe("keepLook(), where one image is held and another vanishes,", () => {
  it("pulls the other at once, beside one that failed", async () => {
    const world = await createWorldWithFailed(["a", "b"]);
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.ok(world.imageService.store.has("b"));
    assert.deepEqual(failedIn(world), [{ image: "a", reason: "signature" }]);
    assert.equal((await world.lookLater()).kind, "held");
  });

  it("tells of the other where that cannot be had either", async () => {
    const world = await createWorldWithFailed(["a", "b"]);
    world.vanish("b");
    world.imageService.alwaysOnPull("b", failedWith("not_found"));
    await world.lookLater();
    assert.deepEqual(failedIn(world), [
      { image: "a", reason: "signature" },
      { image: "b", reason: "not_found" },
    ]);
  });

  it("pulls an optional one at once as well", async () => {
    const world = await createWorldWithFailed(["a", "b required=false"]);
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.ok(world.imageService.store.has("b"));
  });

  it("pulls the other alone, beside one that is left to the garbage collection, whose time stays", async () => {
    const world = await createWorldWithLeft(["a", "b"]);
    const { leftUntilMs } = world.state();
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["b"]);
    assert.deepEqual([world.state().leftUntilMs, world.state().failedRounds], [leftUntilMs, 0]);
    assert.deepEqual(
      [world.nodeApi.marks.label, failedIn(world)],
      ["failed", [{ image: "a", reason: "evicted" }]],
    );
    assert.equal((await world.lookLater()).kind, "held");
  });

  it("leaves of two that vanish together the one that is fought, and pulls the other", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    world.vanish("a");
    await world.lookLater();
    world.vanish("a", "b");
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b"]);
    assert.deepEqual(failedIn(world), [{ image: "a", reason: "evicted" }]);
  });

  it("has the one that was left once its time has come, whatever became of others", async () => {
    const world = await createWorldWithLeft(["a", "b"]);
    world.vanish("b");
    await world.lookLater();
    world.vanish("b");
    await world.lookLater();
    assert.equal(world.state().leftUntilMs.size, 2);
    for (let look = 1; look <= 16; look += 1) await world.lookLater();
    assert.deepEqual([world.nodeApi.marks.label, world.state().leftUntilMs.size], ["succeeded", 0]);
  });

  it("names one that is newly left though the label says failed, and why the other failed, without a pull", async () => {
    const world = await createWorldWithFailed(["a", "b"]);
    underPressure(world, true);
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "left");
    assert.deepEqual(failedIn(world), [
      { image: "a", reason: "signature" },
      { image: "b", reason: "evicted" },
    ]);
    assert.equal(world.pullCount(), 1);
  });

  it("names it later where that could not be written", async () => {
    const world = await createWorldWithFailed(["a", "b"]);
    underPressure(world, true);
    world.vanish("b");
    world.nodeApi.onWrite(...Array(1_000).fill({ kind: "refused", message: "no" }));
    const look = await world.lookLater();
    assert.equal(look.kind === "left" && look.result.kind, "unwritten");
    world.nodeApi.always(() => undefined);
    for (let writes = 1; writes <= 1_000; writes += 1) {
      if ((await world.look()).kind === "held") break;
    }
    assert.deepEqual(failedIn(world), [
      { image: "a", reason: "signature" },
      { image: "b", reason: "evicted" },
    ]);
  });

  it("is not held by what an optional one failed with, where the Node cannot be read", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.vanish("b");
    world.imageService.alwaysOnPull("b", failedWith("signature"));
    await world.lookLater();
    world.nodeApi.always(unavailable);
    world.vanish("a");
    await world.look();
    assert.ok(world.imageService.store.has("a"));
    assert.equal(world.state().vainLooks, 1);
  });

  it("knows an image that is there by one of its names alone for one that failed, and holds it", async () => {
    const world = createKeepWorld(["a", "docker.io/library/a"]);
    await world.look();
    world.vanish("docker.io/library/a");
    world.imageService.alwaysOnPull("docker.io/library/a", failedWith("signature"));
    await world.lookLater();
    for (const look of [world.lookLater, world.look, world.look]) assert.equal((await look()).kind, "held");
    assert.equal(world.pullCount(), 1);
  });
});
