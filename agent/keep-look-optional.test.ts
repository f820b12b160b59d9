import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { createKeepWorld, intervalMs, type KeepWorld } from "./testing/keep-world.ts";
import { annotationOf, mark } from "./testing/round-world.ts";

const labelsOf = (world: KeepWorld) => world.nodeApi.writes().map(({ label }) => label);
const nameOf = (imageKey: string) => imageKey.replace(/^.*\/|:.*$/g, "");
const failedIn = (world: KeepWorld) => annotationOf(world).failed;

describe("keepLook(), where an optional image has vanished,", () => {
  it("pulls it again, under its own waits, and leaves the label", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.vanish("b");
    world.imageService.alwaysOnPull("b", failedWith("signature"));
    assert.equal((await world.lookLater()).kind, "pulled");
    const failed = [{ image: "b", reason: "signature", required: false }];
    assert.deepEqual([world.nodeApi.marks.label, failedIn(world)], ["succeeded", failed]);
    const written = labelsOf(world).length;
    assert.equal((await world.lookLater()).kind, "held");
    assert.deepEqual([labelsOf(world).length, failedIn(world)], [written, failed]);
    assert.ok(labelsOf(world).every((label) => label === "succeeded"));
  });

  it("writes nothing where it can be had", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.ok(world.imageService.store.has("b"));
    assert.deepEqual(labelsOf(world), []);
  });

  it("writes once what it fails with, however often it is tried", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.vanish("b");
    world.imageService.alwaysOnPull("b", failedWith("signature"));
    for (let look = 1; look <= 9; look += 1) await world.lookLater();
    assert.ok(world.pullCount() > 2);
    assert.deepEqual(labelsOf(world), ["succeeded"]);
  });

  it("writes nothing either where a required one fails as well, again and again", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.vanish("a", "b");
    for (const image of ["a", "b"]) world.imageService.alwaysOnPull(image, failedWith("signature"));
    await world.lookLater();
    const written = labelsOf(world).length;
    for (let look = 1; look <= 9; look += 1) await world.lookLater();
    assert.ok(world.pullCount() > 4);
    assert.equal(labelsOf(world).length, written);
  });

  it("says the verdict first where the Node does not say it", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
    world.vanish("b");
    const labels: (string | undefined)[] = [];
    world.imageService.onPull("b", () => {
      labels.push(world.nodeApi.marks.label);
      return undefined;
    });
    await world.look();
    assert.deepEqual(labels, ["succeeded"]);
  });

  it("leaves it to the garbage collection when it vanishes again, and says so", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.vanish("b");
    await world.lookLater();
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "left");
    const failed = [{ image: "b", reason: "evicted", required: false }];
    assert.deepEqual([world.nodeApi.marks.label, failedIn(world)], ["succeeded", failed]);
    for (let look = 1; look <= 20; look += 1) {
      world.vanish("b");
      await world.lookLater();
    }
    assert.ok(world.pullCount() <= 5, `${world.pullCount()} pulls`);
  });

  it("says so as well where the Node has no room to name all that failed", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    mark(world, { verdict: "succeeded" });
    await world.look();
    world.vanish("b");
    await world.lookLater();
    mark(world, { verdict: "succeeded", moreFailed: 1 });
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "left");
    assert.deepEqual(failedIn(world), [{ image: "b", reason: "evicted", required: false }]);
  });

  it("leaves it under DiskPressure from the first time on", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.nodeApi.marks = { ...world.nodeApi.marks, isUnderDiskPressure: true };
    world.vanish("b");
    assert.equal((await world.lookLater()).kind, "left");
    assert.deepEqual(failedIn(world), [{ image: "b", reason: "evicted", required: false }]);
  });
});

describe("keepLook(), while an optional image is pulled for long,", () => {
  /** A world whose look pulls the optional `b`, which takes as long as it may; the look is under way for a minute. */
  const begun = async (signal?: AbortSignal) => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.vanish("b");
    world.imageService.alwaysOnPull("b", "hangs");
    const looking = world.begin(signal);
    looking.catch(() => {});
    await world.clock.advance(60_000);
    assert.equal(world.pullCount(), 1);
    return { world, looking };
  };

  it("gives it up for a required one that is gone, within one interval, and goes on with it afterwards", async () => {
    const { world, looking } = await begun();
    world.vanish("a");
    await world.clock.advance(intervalMs);
    assert.deepEqual(labelsOf(world), [undefined, "succeeded"]);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["b", "a", "b"]);
    const { state } = await world.clock.finish(looking);
    assert.deepEqual(failedIn(world), [{ image: "b", reason: "timed_out", required: false }]);
    assert.equal(state.failedRounds, 1);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("watches what it has pulled then, and counts what failed before as one round with what comes after", async () => {
    const world = createKeepWorld(["a", "b required=false", "c required=false"]);
    await world.look();
    world.vanish("c");
    world.imageService.alwaysOnPull("c", failedWith("signature"));
    await world.lookLater();
    await world.clock.advance(2 * intervalMs);
    world.vanish("b");
    world.imageService.onPull("b", "hangs");
    const looking = world.begin();
    await world.clock.advance(60_000);
    world.vanish("a");
    const { state } = await world.clock.finish(looking);
    assert.deepEqual([...state.returned.keys()].map(nameOf).toSorted(), ["a", "b"]);
    assert.equal(state.failedRounds, 2);
  });

  it("knows a required one that goes again and again for the garbage collection's", async () => {
    const { world, looking } = await begun();
    for (let time = 1; time <= 2; time += 1) {
      world.vanish("a");
      await world.clock.advance(intervalMs);
    }
    assert.deepEqual(
      [world.nodeApi.marks.label, failedIn(world)],
      ["failed", [{ image: "a", reason: "evicted" }]],
    );
    const { state } = await world.clock.finish(looking);
    assert.equal(state.leftUntilMs.size, 1);
  });

  it("writes a label anew that somebody has removed, within one interval, and asks the API server no more than that", async () => {
    const { world, looking } = await begun();
    const before = world.nodeApi.requests.length;
    world.nodeApi.marks = { ...world.nodeApi.marks, label: undefined };
    await world.clock.advance(intervalMs);
    assert.equal(world.nodeApi.marks.label, "succeeded");
    assert.deepEqual(world.nodeApi.methods().slice(before), ["read", "write"]);
    await world.clock.advance(intervalMs);
    assert.deepEqual(world.nodeApi.methods().slice(before), ["read", "write", "read"]);
    assert.equal(world.pullCount(), 1);
    await world.clock.finish(looking);
  });

  it("ends where the Node has become another owner's", async () => {
    const { world, looking } = await begun();
    mark({ ...world, owner: "other/release" }, { verdict: "failed" });
    const look = await world.clock.finish(looking);
    assert.equal(look.kind === "stopped" && look.result.kind, "foreign-owner");
    assert.ok(world.clock.nowMs() <= 2 * intervalMs);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("ends at once with the signal's reason", async () => {
    const controller = new AbortController();
    const { world, looking } = await begun(controller.signal);
    controller.abort(new Error("told to end"));
    await assert.rejects(looking, /told to end/);
    await world.clock.advance(0);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("does not take a required one that failed before for one that has gone", async () => {
    const world = createKeepWorld(["a", "b required=false"]);
    await world.look();
    world.vanish("a", "b");
    world.imageService.alwaysOnPull("a", failedWith("signature"));
    world.imageService.alwaysOnPull("b", "hangs");
    await world.lookLater();
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b"]);
  });
});
