import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { createKeepWorld, type KeepWorld } from "./testing/keep-world.ts";
import { annotationOf, mark } from "./testing/round-world.ts";

const silence = failedWith("unknown", "layer not known");
/** Has the runtime not say of the image whether it is there, so many times. */
const silenceAbout = (world: KeepWorld, image: string, times: number) =>
  world.imageService.onStatus(image, ...Array(times).fill(silence));
const labelsOf = (world: KeepWorld) => world.nodeApi.writes().map(({ label }) => label);

describe("keepLook(), where the runtime does not say what is there,", () => {
  it("changes nothing, however often, where it answers for no image", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    world.vanish("b");
    for (let look = 1; look <= 5; look += 1) {
      world.imageService.onStatus("a", failedWith("runtime_down"));
      world.imageService.onStatus("b", silence);
      assert.equal((await world.lookLater()).kind, "unknown");
    }
    assert.deepEqual([world.nodeApi.marks.label, world.pullCount()], ["succeeded", 0]);
    assert.equal(world.state().vainLooks, 5);
  });

  it("changes nothing the first time that it says nothing of one image, and comes back soon", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    silenceAbout(world, "b", 1);
    const look = await world.lookLater();
    assert.equal(look.kind === "unknown" && look.message, "layer not known");
    assert.equal(world.state().vainLooks, 1);
    assert.equal((await world.lookLater()).kind, "looked");
    assert.deepEqual([labelsOf(world), world.pullCount()], [[], 0]);
  });

  it("takes it for missing the second time, and pulls it", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    silenceAbout(world, "b", 3);
    await world.lookLater();
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.deepEqual(labelsOf(world), [undefined, "succeeded"]);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["b"]);
  });

  it("keeps the label where the round finds it there after all", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    silenceAbout(world, "b", 2);
    await world.lookLater();
    await world.lookLater();
    assert.deepEqual([labelsOf(world), world.pullCount()], [[], 0]);
  });

  it("does not count twice what was heard of between", async () => {
    const world = createKeepWorld(["a", "b"]);
    for (let time = 1; time <= 3; time += 1) {
      silenceAbout(world, "b", 1);
      assert.equal((await world.lookLater()).kind, "unknown");
      assert.equal((await world.lookLater()).kind, "looked");
    }
  });

  it("leaves no label where it never says, and asks the registry under the waits of a failure", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    silenceAbout(world, "b", 5_000);
    for (let look = 1; look <= 10; look += 1) await world.lookLater();
    assert.deepEqual([world.nodeApi.marks.label, annotationOf(world).verdict], [undefined, "none"]);
    const pulls = world.pullCount();
    const isAsked = [];
    for (let look = 1; look <= 6; look += 1) isAsked.push((await world.lookLater()).kind);
    assert.deepEqual(isAsked.toSorted(), ["pulled", "pulled", "pulled", "unknown", "unknown", "unknown"]);
    assert.equal(world.pullCount(), pulls + 3);
  });

  it("knows of a list of one image, too, that the runtime has spoken", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    silenceAbout(world, "a", 3);
    assert.equal((await world.lookLater()).kind, "unknown");
    assert.equal((await world.lookLater()).kind, "pulled");
  });

  it("sees to another one that is gone at once", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    silenceAbout(world, "b", 1);
    world.vanish("a");
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
  });

  it("does not take it for the work of the garbage collection", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    world.nodeApi.marks = { ...world.nodeApi.marks, isUnderDiskPressure: true };
    silenceAbout(world, "b", 2);
    await world.lookLater();
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("leaves a failed as it is", async () => {
    const world = createKeepWorld(["a", "b"]);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "signature" }] });
    world.vanish("a");
    world.imageService.alwaysOnPull("a", failedWith("signature"));
    await world.look();
    silenceAbout(world, "b", 1);
    assert.equal((await world.lookLater()).kind, "unknown");
    assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "signature" }]);
  });

  it("takes a fault of the agent's own for no silence of the runtime", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.imageService.onStatus("a", new Error("a bug"));
    assert.equal((await world.lookLater()).kind, "pulled");
  });
});
