import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { unavailable } from "./testing/fake-node-api.ts";
import { createKeepWorld, type KeepWorld } from "./testing/keep-world.ts";
import { annotationOf, mark } from "./testing/round-world.ts";

const labelsOf = (world: KeepWorld) => world.nodeApi.writes().map(({ label }) => label);
const keyOf = (image: string) => `docker.io/library/${image}:latest`;
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

  it("leaves it at a few requests where the Node cannot be read, as nothing is known that has to be written", async () => {
    const world = createKeepWorld(["a"]);
    world.nodeApi.always(unavailable);
    const look = await world.look();
    assert.equal(look.kind === "unknown" && look.message, unavailable.message);
    assert.deepEqual(world.nodeApi.methods(), ["read", "read", "read"]);
    await world.lookLater();
    assert.equal(world.state().vainLooks, 2);
  });

  it("begins to count anew once the Node can be read", async () => {
    const world = createKeepWorld(["a"]);
    world.nodeApi.onRead(unavailable, unavailable, unavailable);
    assert.equal((await world.look()).state.vainLooks, 1);
    assert.equal((await world.look()).state.vainLooks, 0);
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

  it("forgets what failed where it is back by itself", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    world.imageService.onPull("a", failedWith("evicted"));
    await world.lookLater();
    world.imageService.store.add("a");
    await world.look();
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

  it("asks no registry before its time where the Node cannot be read", async () => {
    const world = createKeepWorld(["a"]);
    await world.look();
    world.vanish("a");
    world.imageService.alwaysOnPull("a", failedWith("signature"));
    await world.lookLater();
    world.nodeApi.always(unavailable);
    const look = await world.lookLater();
    assert.equal(look.kind === "unknown" && look.message, unavailable.message);
    assert.deepEqual([world.pullCount(), world.state().vainLooks], [1, 1]);
  });

  it("counts a round whose end could not be written, and what it has pulled", async () => {
    const world = createKeepWorld(["a", "b"]);
    await world.look();
    world.vanish("a", "b");
    world.nodeApi.always(unavailable);
    world.imageService.alwaysOnPull("a", failedWith("signature"));
    const look = await world.lookLater();
    assert.equal(look.kind === "pulled" && look.result.kind, "unwritten");
    const { failedRounds, vainLooks, returned } = world.state();
    assert.deepEqual([failedRounds, vainLooks, [...returned.keys()]], [1, 1, [keyOf("b")]]);
    assert.equal((await world.lookLater()).kind, "unknown");
    assert.equal(world.state().vainLooks, 2);
  });
});
