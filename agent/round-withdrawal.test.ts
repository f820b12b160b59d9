import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runRound } from "./round.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { conflict, type NodeRequest, unavailable } from "./testing/fake-node-api.ts";
import { annotationOf, createRoundWorld, mark, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const foreign = { label: "succeeded", annotation: '{"v":1,"owner":"default/yours"}' };
const run = (world: RoundWorld) => world.clock.finish(runRound(world, never));
const labelsOf = (world: RoundWorld) => world.nodeApi.writes().map(({ label }) => label);
const times = <Step>(count: number, step: Step): readonly Step[] => Array.from({ length: count }, () => step);

/** A world whose Node says succeeded while `a` is missing, and whose API server refuses the first removals. */
function worldWithStaleLabel(refusals: number): RoundWorld {
  const world = createRoundWorld(["a"]);
  mark(world, { verdict: "succeeded" });
  world.nodeApi.onWrite(...times(refusals, unavailable));
  return world;
}

/** Makes the pull of `image` take `ms`, and then come to what the store says. */
function takes(world: RoundWorld, image: string, ms: number): void {
  world.imageService.onPull(
    image,
    () => new Promise((resolve) => world.clock.after(ms, () => resolve(undefined))),
  );
}

describe("runRound(), with a label that pulls would make untrue,", () => {
  it("withdraws, pulls and writes with four requests", async () => {
    const world = createRoundWorld(["a", "b"]);
    world.imageService.store.add("b");
    mark(world, { verdict: "succeeded" });
    const result = await run(world);
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.deepEqual(world.nodeApi.methods(), ["read", "write", "read", "write"]);
    assert.deepEqual(labelsOf(world), [undefined, "succeeded"]);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
  });

  it("takes a succeeded away before its first PullImage", async () => {
    const world = createRoundWorld(["a", "b"]);
    world.imageService.store.add("b");
    mark(world, { verdict: "succeeded" });
    // Whoever did not wait for the answer would be at the pull by then.
    world.nodeApi.onWrite(() => new Promise((resolve) => setImmediate(() => resolve(undefined))));
    let labelAtPull: string | undefined = "not pulled";
    world.imageService.onPull("a", () => {
      labelAtPull = world.nodeApi.marks.label;
      assert.deepEqual([annotationOf(world).verdict, annotationOf(world).present], ["none", 1]);
      return undefined;
    });
    await run(world);
    assert.equal(labelAtPull, undefined);
  });

  it("takes another revision's verdict away, be it failed", async () => {
    const world = createRoundWorld(["a"]);
    mark(world, { verdict: "failed", revision: "1-ffffffffffff" });
    await run(world);
    assert.deepEqual(labelsOf(world)[0], undefined);
    assert.match(world.nodeApi.writes()[0]?.annotation ?? "", /"verdict":"none"/);
  });

  it("takes a label away that has no annotation", async () => {
    const world = createRoundWorld(["a"]);
    world.nodeApi.marks = { label: "succeeded", annotation: undefined };
    await run(world);
    assert.deepEqual(labelsOf(world), [undefined, "succeeded"]);
  });

  it("removes at the second try what the first could not, before the first pull", async () => {
    const world = worldWithStaleLabel(1);
    let labelAtPull: string | undefined = "not pulled";
    world.imageService.onPull("a", () => {
      labelAtPull = world.nodeApi.marks.label;
      return undefined;
    });
    await run(world);
    assert.equal(labelAtPull, undefined);
  });

  it("pulls after three tries, and goes on trying until the label is gone, while the pull is still under way", async () => {
    const world = worldWithStaleLabel(5);
    takes(world, "a", 60_000);
    const round = runRound(world, never);
    await world.clock.advance(2_000);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
    assert.equal(world.nodeApi.marks.label, "succeeded");
    await world.clock.advance(10_000);
    assert.equal(world.nodeApi.marks.label, undefined);
    assert.equal(annotationOf(world).verdict, "none");
    await world.clock.finish(round);
    assert.deepEqual(labelsOf(world), [...times(6, undefined), "succeeded"]);
  });

  it("writes the verdict over a label that could never be removed", async () => {
    const world = worldWithStaleLabel(3);
    world.imageService.onPull("a", failedWith("signature"));
    await run(world);
    assert.deepEqual(labelsOf(world), [undefined, undefined, undefined, "failed"]);
    assert.equal(world.nodeApi.marks.label, "failed");
    assert.equal(world.log.fieldsOf("the label could not be removed yet").length, 3);
  });

  it("cuts the wait for the next try as soon as the pulls have ended", async () => {
    const world = worldWithStaleLabel(3);
    takes(world, "a", 10);
    await run(world);
    // Two waits of a quarter and half a second come before the pull, and the third would be a whole second.
    assert.equal(world.clock.nowMs(), 760);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("waits for a removal that is under way when the pulls end, so that it cannot come after the verdict", async () => {
    const world = worldWithStaleLabel(3);
    takes(world, "a", 10_000);
    const answered = Promise.withResolvers<undefined>();
    world.nodeApi.onWrite(() => answered.promise);
    const round = runRound(world, never);
    await world.clock.advance(30_000);
    assert.ok(world.imageService.store.has("a"));
    assert.equal(world.nodeApi.methods().at(-1), "write");
    answered.resolve(undefined);
    await world.clock.finish(round);
    assert.deepEqual(labelsOf(world), [...times(4, undefined), "succeeded"]);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("begins no removal after a read that ended later than the pulls", async () => {
    const world = worldWithStaleLabel(1);
    takes(world, "a", 10_000);
    const answered = Promise.withResolvers<undefined>();
    world.nodeApi.onRead(
      () => undefined,
      unavailable,
      unavailable,
      () => answered.promise,
    );
    const round = runRound(world, never);
    await world.clock.advance(30_000);
    answered.resolve(undefined);
    await world.clock.finish(round);
    assert.deepEqual(labelsOf(world), [undefined, "succeeded"]);
  });

  it("writes the verdict though the Node says it already where a removal is unanswered, which is refused then", async () => {
    const world = worldWithStaleLabel(0);
    const late = Promise.withResolvers<NodeRequest | undefined>();
    world.nodeApi.onWrite(() => {
      late.resolve(world.nodeApi.requests.at(-1));
      return unavailable;
    });
    world.nodeApi.onRead(() => undefined, unavailable, unavailable);
    await run(world);
    assert.deepEqual(labelsOf(world), [undefined, "succeeded"]);
    const removal = await late.promise;
    assert.ok(removal?.method === "write" && removal.resourceVersion !== undefined);
    assert.deepEqual(await world.nodeApi.write(removal, never), conflict);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("writes nothing over what the Node says already where every removal was refused", async () => {
    const world = worldWithStaleLabel(0);
    world.nodeApi.onWrite({ kind: "refused", message: "no rights" });
    world.nodeApi.onRead(() => undefined, unavailable, unavailable);
    const result = await run(world);
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.deepEqual(labelsOf(world), [undefined]);
  });

  it("pulls nothing where a further try to remove it finds another owner", async () => {
    const world = worldWithStaleLabel(0);
    world.nodeApi.onWrite(() => {
      world.nodeApi.marks = foreign;
      return unavailable;
    });
    assert.deepEqual(await run(world), { kind: "foreign-owner", owner: "default/yours" });
    assert.deepEqual(world.imageService.referencesOf("pullImage"), []);
    assert.equal(labelsOf(world).length, 1);
  });

  it("pulls nothing where the Node is gone at the removal", async () => {
    const world = worldWithStaleLabel(0);
    world.nodeApi.onWrite({ kind: "gone" });
    assert.deepEqual(await run(world), { kind: "node-gone" });
    assert.deepEqual(world.imageService.referencesOf("pullImage"), []);
  });

  it("waits no longer than the pulls may take, be it years that the server asks for", async () => {
    const world = createRoundWorld(["a"], { pullTimeoutMs: 60_000 });
    mark(world, { verdict: "succeeded" });
    world.nodeApi.onWrite({ ...unavailable, retryAfterMs: 1e15 });
    world.imageService.onPull("a", "hangs");
    await run(world);
    assert.equal(world.clock.nowMs(), 60_000);
    assert.deepEqual(labelsOf(world), [undefined, "failed"]);
  });

  it("holds the pulls no longer than three tries where the server asks for a long wait", async () => {
    const world = createRoundWorld(["a"]);
    mark(world, { verdict: "succeeded" });
    world.nodeApi.onWrite({ ...unavailable, retryAfterMs: 60_000 });
    takes(world, "a", 120_000);
    const round = runRound(world, never);
    await world.clock.advance(1);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
    await world.clock.advance(59_998);
    assert.deepEqual(labelsOf(world), [undefined]);
    await world.clock.advance(1);
    assert.deepEqual(labelsOf(world), [undefined, undefined]);
    await world.clock.finish(round);
  });
});
