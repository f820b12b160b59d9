import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "./testing/fake-image-service.ts";
import { createKeepWorld } from "./testing/keep-world.ts";
import { mark } from "./testing/round-world.ts";

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
    assert.equal(world.pullCount(), 2);
  });

  it("asks again, of an image that came back and one that was never confirmed, for the latter alone", async () => {
    const world = createKeepWorld(["a", "b", "c required=false"], always);
    const failed = [{ image: "b", reason: "signature" as const }];
    mark(world, {
      verdict: "failed",
      failed: [...failed, { image: "c", reason: "not_found", required: false }],
    });
    await world.look();
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["b", "c"]);
    await world.lookLater();
    assert.equal(world.pullCount(), 2);
  });

  it("takes nothing for confirmed where the Node names not all that failed", async () => {
    const world = createKeepWorld(["a", "b"], always);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "signature" }], moreFailed: 1 });
    await world.look();
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b"]);
  });
});
