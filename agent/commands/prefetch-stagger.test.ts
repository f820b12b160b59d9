import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PrefetchSettings } from "../settings.ts";
import { staggerDelayMs } from "../stagger.ts";
import { failedWith } from "../testing/fake-image-service.ts";
import { createPrefetchWorld, type PrefetchWorld } from "../testing/prefetch-world.ts";
import { mark } from "../testing/round-world.ts";

const minuteMs = 60_000;
const windowMs = 60 * minuteMs;
const shareMs = staggerDelayMs({ nodeName: "node-1", instance: "my-images", windowMs });
const pullsOf = (world: PrefetchWorld) => world.imageService.referencesOf("pullImage");
const roundNumbersIn = (world: PrefetchWorld) =>
  world.log.fieldsOf("round ended").map(({ roundNumber }) => roundNumber);

/** A node of an hour, whose share is about two and a half minutes. */
function createStaggered(settings: Partial<PrefetchSettings> = {}): PrefetchWorld {
  const world = createPrefetchWorld({ staggerWindowMs: windowMs, ...settings });
  world.nodeApi.marks = { ...world.nodeApi.marks, ageMs: 60 * minuteMs };
  return world;
}

/** Notes when the first pull of `image` begins. */
function timesPull(world: PrefetchWorld, image: string): () => number | undefined {
  let atMs: number | undefined;
  world.imageService.onPull(image, () => {
    atMs = world.clock.nowMs();
    return undefined;
  });
  return () => atMs;
}

describe("prefetch(), with a stagger window,", () => {
  it("pulls at the node's share of it, and counts that as the first round", async () => {
    const world = createStaggered();
    const pulledAt = timesPull(world, "a");
    assert.equal((await world.finish("a")).exitCode, 0);
    assert.ok(shareMs > 2 * minuteMs && shareMs < 3 * minuteMs, "the share is worth a nap, and short");
    assert.equal(pulledAt(), shareMs);
    assert.deepEqual(
      world.nodeApi.writes().map(({ label }) => label),
      [undefined, "succeeded"],
    );
    assert.deepEqual(roundNumbersIn(world), [1]);
  });

  it("does not count the wait as time of the round", async () => {
    const world = createStaggered({ pullTimeoutMs: minuteMs });
    world.imageService.onPull(
      "a",
      () => new Promise((resolve) => world.clock.after(minuteMs - 1, () => resolve(undefined))),
    );
    await world.finish("a");
    const [round] = world.log.fieldsOf("round ended");
    assert.deepEqual([round?.verdict, round?.durationMs], ["succeeded", minuteMs - 1]);
  });

  it("pulls nothing that came meanwhile", async () => {
    const world = createStaggered();
    world.clock.after(minuteMs, () => world.imageService.store.add("a"));
    assert.equal((await world.finish("a", "b")).exitCode, 0);
    assert.deepEqual(pullsOf(world), ["b"]);
  });

  it("pulls nothing where somebody else has taken the Node meanwhile", async () => {
    const world = createStaggered();
    world.clock.after(minuteMs, () => {
      world.nodeApi.marks = { label: undefined, annotation: '{"v":1,"owner":"default/yours"}' };
    });
    assert.equal((await world.finish("a")).exitCode, 4);
    assert.deepEqual(pullsOf(world), []);
  });

  it("waits once: the rounds that follow have their own waits", async () => {
    const world = createStaggered();
    world.imageService.onPull("a", failedWith("evicted"));
    await world.finish("a");
    assert.equal(world.clock.nowMs(), shareMs + minuteMs / 2);
    assert.deepEqual(roundNumbersIn(world), [1, 2]);
  });

  it("does not wait where nothing is missing, nor on a young Node, nor without a window", async () => {
    const warm = createStaggered();
    warm.imageService.store.add("a");
    const young = createStaggered();
    young.nodeApi.marks = { ...young.nodeApi.marks, ageMs: 10 * minuteMs - 1 };
    const unstaggered = createStaggered({ staggerWindowMs: 0 });
    const older = createStaggered({ staggerNodeAgeMs: 60 * minuteMs + 1 });
    for (const world of [warm, young, unstaggered, older]) {
      assert.equal((await world.finish("a")).exitCode, 0);
      assert.equal(world.clock.nowMs(), 0);
    }
  });

  it("writes succeeded before it waits with an optional image, and once more after its pull", async () => {
    const world = createStaggered();
    world.imageService.store.add("a");
    const pulledAt = timesPull(world, "b");
    const ended = world.run(["a", "b required=false"]);
    await world.clock.advance(minuteMs);
    assert.equal(world.nodeApi.marks.label, "succeeded");
    assert.deepEqual(pullsOf(world), []);
    await world.clock.finish(ended);
    assert.equal(pulledAt(), shareMs);
    assert.deepEqual(
      world.nodeApi.writes().map(({ label }) => label),
      ["succeeded", "succeeded"],
    );
  });

  it("ends at once when it is told to while it waits, and writes nothing", async () => {
    const world = createStaggered();
    const controller = new AbortController();
    const ended = world.run(["a"], controller.signal);
    ended.catch(() => {});
    await world.clock.advance(minuteMs);
    const { marks } = world.nodeApi;
    controller.abort(new Error("told to end"));
    await assert.rejects(ended, /told to end/);
    assert.equal(world.clock.pendingCount(), 0);
    assert.equal(world.nodeApi.marks, marks);
  });
});

describe("prefetch(), with a stagger window and a sleeper,", () => {
  const sleeper = "/snooze";

  it("ends as a nap before a share of more than a minute, with the label gone", async () => {
    const world = createStaggered({ sleeper });
    mark(
      { ...world, owner: "default/my-images", revision: "1-ffffffffffff", entries: [] },
      { verdict: "succeeded" },
    );
    const end = await world.runOn(undefined, "a");
    assert.ok("kind" in end);
    assert.equal(end.delayMs, shareMs);
    assert.equal(world.nodeApi.marks.label, undefined);
    assert.deepEqual(pullsOf(world), []);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("pulls after the nap without a further wait, as the first round, and tells the log what is there", async () => {
    const world = createStaggered({ sleeper });
    world.imageService.store.add("b");
    const end = await world.runOn(undefined, "a", "b");
    assert.ok("kind" in end);
    const atMs = world.clock.nowMs();
    const last = await world.runOn(end.state, "a", "b");
    assert.ok(!("kind" in last) && last.exitCode === 0);
    assert.equal(world.clock.nowMs(), atMs);
    assert.deepEqual(roundNumbersIn(world), [1]);
    assert.equal(world.log.fieldsOf("image present").length, 1);
  });

  it("waits itself for a share of a minute or less", async () => {
    const world = createStaggered({ sleeper, staggerWindowMs: 10 * minuteMs });
    const pulledAt = timesPull(world, "a");
    assert.ok(!("kind" in (await world.runOn(undefined, "a"))));
    assert.equal(
      pulledAt(),
      staggerDelayMs({ nodeName: "node-1", instance: "my-images", windowMs: 10 * minuteMs }),
    );
  });

  it("waits its share for another list than the one it has waited for", async () => {
    const world = createStaggered({ sleeper });
    const end = await world.runOn(undefined, "a");
    assert.ok("kind" in end);
    const other = await world.runOn(end.state, "b");
    assert.ok("kind" in other && other.delayMs === shareMs);
  });
});
