import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { unavailable } from "./testing/fake-node-api.ts";
import { createKeepWorld, intervalMs, type KeepWorld } from "./testing/keep-world.ts";
import { annotationOf, mark } from "./testing/round-world.ts";

const labelsOf = (world: KeepWorld) => world.nodeApi.writes().map(({ label }) => label);
const failedIn = (world: KeepWorld) => annotationOf(world).failed;

describe("keepLook(), where all is there,", () => {
  it("asks the runtime once for each image and the API server once, and nobody else", async () => {
    const world = createKeepWorld(["a", "b", "c required=false"]);
    assert.equal((await world.look()).kind, "looked");
    assert.deepEqual(world.nodeApi.methods(), ["read"]);
    assert.deepEqual(
      world.imageService.requests.map(({ method }) => method),
      Array(3).fill("imageStatus"),
    );
  });

  it("writes a label anew that somebody has removed, without a pull", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.nodeApi.marks = { label: undefined, annotation: world.nodeApi.marks.annotation };
    await world.lookLater();
    assert.equal(world.nodeApi.marks.label, "succeeded");
    assert.equal(world.pullCount(), 0);
  });

  it("writes label and annotation on a Node that was made anew", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.nodeApi.marks = { label: undefined, annotation: undefined };
    await world.lookLater();
    assert.equal(world.nodeApi.marks.label, "succeeded");
    assert.equal(annotationOf(world).revision, world.revision);
  });

  it("says succeeded where it said failed, as somebody else has pulled what was missing", async () => {
    const world = createKeepWorld(["a"]);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
    await world.look();
    assert.deepEqual([world.nodeApi.marks.label, failedIn(world)], ["succeeded", []]);
  });

  it("leaves another owner's label alone", async () => {
    const world = createKeepWorld(["a"]);
    mark({ ...world, owner: "other/release" }, { verdict: "failed" });
    const look = await world.look();
    assert.deepEqual(look.kind === "stopped" && look.result, {
      kind: "foreign-owner",
      owner: "other/release",
    });
    assert.deepEqual(labelsOf(world), []);
  });

  it("stops where the Node is gone", async () => {
    const world = createKeepWorld(["a"]);
    world.nodeApi.onRead({ kind: "gone" });
    const look = await world.look();
    assert.equal(look.kind === "stopped" && look.result.kind, "node-gone");
  });

  it("says nothing new where the Node cannot be read, and cannot be written", async () => {
    const world = createKeepWorld(["a"]);
    world.nodeApi.always(unavailable);
    const look = await world.look();
    assert.equal(look.kind === "looked" && look.result.kind, "unwritten");
  });

  it("says none where no required image is meant for the node", async () => {
    const world = createKeepWorld(["a platforms=linux/arm64", "b required=false"]);
    mark(world, { verdict: "none", present: 1, skipped: 1 });
    assert.equal((await world.look()).kind, "looked");
    assert.deepEqual(labelsOf(world), []);
  });
});

describe("keepLook(), where an image has vanished,", () => {
  it("removes the label at once, pulls it again, and writes the label anew", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    world.vanish("b");
    world.imageService.onPull("b", () => {
      assert.equal(world.nodeApi.marks.label, undefined);
      return undefined;
    });
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.deepEqual(labelsOf(world), [undefined, "succeeded"]);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["b"]);
  });

  it("knows from the Node what was there before its first look", async () => {
    const world = createKeepWorld(["a"]);
    world.nodeApi.marks = { ...world.nodeApi.marks, isUnderDiskPressure: true };
    world.vanish("a");
    assert.equal((await world.look()).kind, "left");
  });

  it("says failed where it cannot be pulled, and waits longer each time", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    world.imageService.alwaysOnPull("a", failedWith("signature"));
    await world.lookLater();
    assert.deepEqual(
      [world.nodeApi.marks.label, failedIn(world)],
      ["failed", [{ image: "a", reason: "signature" }]],
    );
    const waitOf = () => world.state().pullsFromMs - world.clock.date().getTime();
    // Permanent: the longest wait at once, whose half is fixed and whose jitter this world has not.
    assert.equal(waitOf(), 900_000);
    assert.equal((await world.lookLater()).kind, "held");
    assert.equal(world.pullCount(), 1);
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.equal(world.pullCount(), 2);
  });

  it("doubles the wait where the failure may heal, and forgets it once all is there", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    const waits: number[] = [];
    for (let round = 1; round <= 4; round += 1) {
      world.imageService.onPull("a", failedWith("evicted"));
      await world.lookLater();
      waits.push(world.state().pullsFromMs - world.clock.date().getTime());
    }
    assert.deepEqual(waits, [30_000, 60_000, 120_000, 240_000]);
    await world.lookLater();
    assert.equal(world.nodeApi.marks.label, "succeeded");
    assert.deepEqual([world.state().failedRounds, world.state().pullsFromMs], [0, 0]);
  });

  it("pulls before its time where the Node does not say failed, as the reason is known by a pull alone", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    world.imageService.alwaysOnPull("a", failedWith("signature"));
    await world.lookLater();
    world.nodeApi.marks = { label: undefined, annotation: undefined };
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.equal(world.nodeApi.marks.label, "failed");
  });

  it("is not held for longer than any wait by a clock that was set back", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    world.imageService.onPull("a", failedWith("signature"));
    await world.lookLater();
    world.clock.setDate(new Date(Date.UTC(2020, 0, 1)));
    assert.equal((await world.look()).kind, "pulled");
  });

  it("changes nothing where the runtime does not say", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    world.imageService.onStatus("a", failedWith("runtime_down"));
    world.vanish("b");
    world.imageService.onStatus("b", failedWith("runtime_down"));
    assert.deepEqual(
      [(await world.lookLater()).kind, world.nodeApi.marks.label, world.pullCount()],
      ["unknown", "succeeded", 0],
    );
  });

  it("pulls an optional one again, under its own waits, and leaves the label", async () => {
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
});

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
    assert.equal(world.state().evictions, 1);
    for (let look = 1; look <= 5; look += 1) await world.lookLater();
    assert.deepEqual([world.state().evictions, world.state().returned], [0, {}]);
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
});

describe("keepLook(), under policy Always,", () => {
  const always = { pullPolicy: "Always" } as const;

  it("asks no registry for what the pod has confirmed before", async () => {
    const world = createKeepWorld(["a", "b"], always);
    await world.look();
    await world.lookLater();
    assert.equal(world.pullCount(), 0);
  });

  it("asks for what has vanished alone", async () => {
    const world = createKeepWorld(["a", "b"], always);
    await world.look();
    world.vanish("b");
    await world.lookLater();
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["b"]);
    await world.lookLater();
    assert.equal(world.pullCount(), 1);
  });

  it("goes on asking where the pod's own round has confirmed nothing, under its waits", async () => {
    const world = createKeepWorld(["a"], always);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "signature" }] });
    world.imageService.onPull("a", failedWith("signature"));
    await world.look();
    assert.equal(world.nodeApi.marks.label, "failed");
    assert.equal((await world.lookLater()).kind, "held");
    assert.equal((await world.lookLater()).kind, "pulled");
    assert.equal(world.nodeApi.marks.label, "succeeded");
    await world.lookLater();
    assert.deepEqual([world.pullCount(), intervalMs], [2, 600_000]);
  });
});
