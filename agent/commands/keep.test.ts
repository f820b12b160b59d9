import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "../testing/fake-image-service.ts";
import { unavailable } from "../testing/fake-node-api.ts";
import { createNappingWorld, keepIntervalMs } from "../testing/napping-world.ts";
import { annotationOf, createRoundWorld, mark } from "../testing/round-world.ts";

const never = new AbortController().signal;

describe("keep()", () => {
  it("asks the API server once a look, and tells what it saw", async () => {
    const world = createNappingWorld();
    const next = await world.settled();
    assert.equal(next.delayMs, keepIntervalMs);
    assert.deepEqual(world.nodeApi.methods(), ["read", "read"]);
    assert.deepEqual(world.log.fieldsOf("looked").slice(1), [
      {
        verdict: "succeeded",
        entries: 1,
        present: 1,
        pulled: 0,
        durationMs: 0,
        cpuMs: 0,
        nextLookMs: keepIntervalMs,
      },
    ]);
  });

  it("tells of each look what it alone has taken, as the process keeps its account over naps", async () => {
    const world = createNappingWorld();
    const first = await world.nap();
    world.spend(300);
    const second = await world.wake(first);
    world.spend(500);
    await world.wake(second);
    assert.deepEqual(
      world.log.fieldsOf("looked").map(({ cpuMs }) => cpuMs),
      [177, 200],
    );
  });

  it("knows over naps what was there before", async () => {
    const world = createNappingWorld();
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    const third = await world.wake(second);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
    world.imageService.store.delete("a");
    await world.wake(third);
    assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "evicted" }]);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
  });

  it("tells what a round came to, and never again what is there", async () => {
    const world = createNappingWorld();
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    world.imageService.onPull("a", failedWith("signature", "no"));
    await world.wake(second);
    assert.equal(world.log.fieldsOf("image failed").length, 1);
    assert.equal(world.log.fieldsOf("round ended").length, 1);
    assert.equal(world.log.fieldsOf("image present").length, 0);
  });

  it("says what it could not write", async () => {
    const world = createNappingWorld();
    const nap = await world.settled();
    world.imageService.store.delete("a");
    world.nodeApi.always(unavailable);
    await world.wake(nap);
    assert.equal(world.log.fieldsOf("looked: the Node could not be made to say so").length, 1);
  });

  it("goes on where the Node is gone, as it may be made anew", async () => {
    const world = createNappingWorld();
    const first = await world.nap();
    world.nodeApi.onRead({ kind: "gone" });
    const second = await world.wake(first);
    assert.equal(second.delayMs, world.untilGrid());
    world.nodeApi.marks = { label: undefined, annotation: undefined };
    await world.wake(second);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("ends with 4 where the label is another owner's", async () => {
    const world = createNappingWorld();
    const { state } = await world.nap();
    mark(
      { ...createRoundWorld(["a"]), nodeApi: world.nodeApi, owner: "other/release" },
      { verdict: "failed" },
    );
    const end = await world.start(state);
    assert.ok("exitCode" in end);
    assert.equal(end.exitCode, 4);
    assert.match(end.message, /belongs to other\/release/);
  });

  it("ends with 2 for an empty list", async () => {
    const end = await createNappingWorld().start(undefined, never, []);
    assert.equal("exitCode" in end && end.exitCode, 2);
  });
});
