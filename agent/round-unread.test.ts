import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runRound } from "./round.ts";
import { unavailable } from "./testing/fake-node-api.ts";
import { annotationOf, createRoundWorld, mark, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const run = (world: RoundWorld) => world.clock.finish(runRound(world, never));
const labelsOf = (world: RoundWorld) => world.nodeApi.writes().map(({ label }) => label);

/** A world whose Node says succeeded while `a` is missing, and whose first reads nobody answers. A pull takes a minute. */
function unreadWorld(): RoundWorld {
  const world = createRoundWorld(["a"]);
  mark(world, { verdict: "succeeded" });
  world.nodeApi.onRead(unavailable, unavailable, unavailable);
  world.imageService.onPull(
    "a",
    () => new Promise((resolve) => world.clock.after(60_000, () => resolve(undefined))),
  );
  return world;
}

describe("runRound(), without a Node that could be read,", () => {
  it("reads, checks the owner and removes the label while it pulls", async () => {
    const world = unreadWorld();
    const round = runRound(world, never);
    await world.clock.advance(10_000);
    assert.deepEqual(world.nodeApi.methods(), ["read", "read", "read", "read", "write"]);
    assert.deepEqual([world.nodeApi.marks.label, annotationOf(world).verdict], [undefined, "none"]);
    await world.clock.finish(round);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("starts its pulls at once, and asks again only after a pause", async () => {
    const world = unreadWorld();
    const round = runRound(world, never);
    await world.clock.advance(800);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
    assert.equal(world.nodeApi.methods().length, 3);
    await world.clock.finish(round);
  });

  it("leaves a failed of the same list", async () => {
    const world = unreadWorld();
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
    await run(world);
    assert.deepEqual(labelsOf(world), ["succeeded"]);
  });

  it("ends the pulls at the runtime, and writes nothing, where the owner is another", async () => {
    const world = unreadWorld();
    world.nodeApi.marks = { label: "succeeded", annotation: '{"v":1,"owner":"default/yours"}' };
    assert.deepEqual(await run(world), { kind: "foreign-owner", owner: "default/yours" });
    assert.deepEqual(world.imageService.cancelled, ["a"]);
    assert.deepEqual(labelsOf(world), []);
    assert.ok(world.clock.nowMs() < 5_000);
    assert.equal(world.clock.pendingCount(), 1);
  });

  it("ends the pulls where the Node is gone", async () => {
    const world = unreadWorld();
    world.nodeApi.onRead({ kind: "gone" });
    assert.deepEqual(await run(world), { kind: "node-gone" });
    assert.deepEqual(world.imageService.cancelled, ["a"]);
  });

  it("does not keep silent about a fault of its own in the background", async () => {
    const world = unreadWorld();
    world.nodeApi.onRead(() => {
      throw new TypeError("a bug");
    });
    await assert.rejects(run(world), /a bug/);
  });
});
