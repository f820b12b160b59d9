import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { createKeepWorld, type KeepWorld } from "./testing/keep-world.ts";
import { annotationOf, mark } from "./testing/round-world.ts";

const labelsOf = (world: KeepWorld) => world.nodeApi.writes().map(({ label }) => label);
const keyOf = (image: string) => `docker.io/library/${image}:latest`;
const failedIn = (world: KeepWorld) => annotationOf(world).failed;

describe("keepLook(), where the garbage collection is at work,", () => {
  it("does not pull under DiskPressure, and says failed for evicted", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    world.vanish("a");
    world.nodeApi.marks = { ...world.nodeApi.marks, isUnderDiskPressure: true };
    assert.equal((await world.lookLater()).kind, "left");
    assert.deepEqual(labelsOf(world), ["failed"]);
    assert.deepEqual(failedIn(world), [{ image: "a", reason: "evicted" }]);
    assert.equal(world.pullCount(), 0);
  });

  it("pulls once what vanishes, and leaves it when it vanishes again within three intervals", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    assert.equal((await world.lookLater()).kind, "pulled");
    await world.lookLater();
    world.vanish("a");
    assert.equal((await world.lookLater()).kind, "left");
    assert.deepEqual(
      [world.nodeApi.marks.label, failedIn(world)],
      ["failed", [{ image: "a", reason: "evicted" }]],
    );
    assert.equal(world.pullCount(), 1);
  });

  it("pulls it again where it has stayed for three intervals", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    await world.lookLater();
    await world.lookLater();
    await world.lookLater();
    world.vanish("a");
    assert.equal((await world.lookLater()).kind, "pulled");
  });

  it("does not take one image's return for another's", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    world.vanish("a");
    await world.lookLater();
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "pulled");
  });

  it("waits for one interval, then two, four, eight and sixteen, and never longer", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    await world.lookLater();
    const held: number[] = [];
    for (let time = 1; time <= 6; time += 1) {
      world.vanish("a");
      assert.equal((await world.lookLater()).kind, "left");
      let intervals = 1;
      for (; (await world.lookLater()).kind === "held"; intervals += 1);
      held.push(intervals);
      assert.equal(world.nodeApi.marks.label, "succeeded");
    }
    assert.deepEqual(held, [1, 2, 4, 8, 16, 16]);
  });

  it("begins with one interval again once what came back has stayed", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    for (let time = 1; time <= 3; time += 1) {
      world.vanish("a");
      await world.lookLater();
    }
    assert.deepEqual(world.state().evictions, new Map([[keyOf("a"), 1]]));
    for (let look = 1; look <= 5; look += 1) await world.lookLater();
    assert.deepEqual([world.state().evictions, world.state().returned], [new Map(), new Map()]);
  });

  it("says failed again, without a pull, where somebody removes the label meanwhile", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    world.nodeApi.marks = { ...world.nodeApi.marks, isUnderDiskPressure: true };
    await world.lookLater();
    await world.lookLater();
    world.nodeApi.marks = { label: undefined, annotation: undefined };
    assert.equal((await world.lookLater()).kind, "left");
    assert.deepEqual([world.nodeApi.marks.label, world.pullCount()], ["failed", 0]);
  });

  it("leaves the pull to the round, and its reason to the disk guard, where the image never was there", async () => {
    const world = createKeepWorld(["a"]);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "no_space" }] });
    world.vanish("a");
    world.nodeApi.marks = { ...world.nodeApi.marks, isUnderDiskPressure: true };
    assert.equal((await world.look()).kind, "pulled");
    assert.deepEqual(failedIn(world), [{ image: "a", reason: "no_space" }]);
  });

  it("leaves alone what vanishes again where another image cannot be had at all, and tells each by its reason", async () => {
    const world = createKeepWorld(["a", "b", "what an image"]);
    world.vanish("b");
    world.imageService.alwaysOnPull("b", failedWith("not_found"));
    mark(world, {
      verdict: "failed",
      failed: [
        { image: "b", reason: "not_found" },
        { image: "what an image", reason: "invalid_reference" },
      ],
    });
    await world.look();
    for (let time = 1; time <= 2; time += 1) {
      world.vanish("a");
      for (let look = await world.lookLater(); look.kind === "held"; look = await world.lookLater());
    }
    assert.deepEqual(failedIn(world), [
      { image: "a", reason: "evicted" },
      { image: "b", reason: "not_found" },
      { image: "what an image", reason: "invalid_reference" },
    ]);
    assert.equal(world.imageService.referencesOf("pullImage").filter((image) => image === "a").length, 1);
  });
});
