import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDeadline } from "./deadline.ts";
import type { FailureReason } from "./failure.ts";
import { entriesFromLines } from "./image-list.ts";
import { createPool } from "./pool.ts";
import { pullImage } from "./pull-image.ts";
import { createFakeClock } from "./testing/fake-clock.ts";
import { createFakeImageService, failedWith } from "./testing/fake-image-service.ts";
import { createRecordingLog } from "./testing/recording-log.ts";

const [entry, other] = entriesFromLines(["a", "b"]) as [never, never];
const never = new AbortController().signal;

function createWorld(concurrency = 1) {
  return {
    imageService: createFakeImageService(),
    pool: createPool(concurrency),
    clock: createFakeClock(),
    log: createRecordingLog(),
  };
}

describe("pullImage()", () => {
  it("pulls with one attempt what can be pulled", async () => {
    const world = createWorld();
    const result = await pullImage(entry, world, never);
    assert.deepEqual(result, { kind: "pulled", attempts: 1, durationMs: 0 });
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
  });

  for (const reason of ["throttled", "unavailable", "runtime_down"] as const) {
    it(`tries three times, 5 s apart, where it is ${reason}`, async () => {
      const world = createWorld();
      world.imageService.alwaysOnPull("a", failedWith(reason));
      const result = await world.clock.finish(pullImage(entry, world, never));
      assert.deepEqual(result, { ...failedWith(reason), attempts: 3, durationMs: 10_000 });
      assert.equal(world.imageService.requests.length, 3);
    });
  }

  const final: readonly FailureReason[] = [
    "unauthorized",
    "not_found",
    "no_platform",
    "signature",
    "no_space",
    "corrupt",
    "unknown",
    "invalid_reference",
  ];
  for (const reason of final) {
    it(`tries once where it is ${reason}`, async () => {
      const world = createWorld();
      world.imageService.alwaysOnPull("a", failedWith(reason));
      const result = await pullImage(entry, world, never);
      assert.deepEqual(result, { ...failedWith(reason), attempts: 1, durationMs: 0 });
    });
  }

  it("is pulled at the second attempt where the first met a restart", async () => {
    const world = createWorld();
    world.imageService.onPull("a", failedWith("unavailable"));
    const result = await world.clock.finish(pullImage(entry, world, never));
    assert.deepEqual(result, { kind: "pulled", attempts: 2, durationMs: 5_000 });
  });

  it("says before each further attempt why the last one failed", async () => {
    const world = createWorld();
    world.imageService.onPull("a", failedWith("throttled", "429"));
    await world.clock.finish(pullImage(entry, world, never));
    assert.deepEqual(world.log.fieldsOf("attempt failed, another follows"), [
      { image: "a", attemptNumber: 1, reason: "throttled", delayMs: 5_000, error: "429" },
    ]);
  });

  it("holds no slot of the pool while it waits for its next attempt", async () => {
    const world = createWorld(1);
    world.imageService.alwaysOnPull("a", failedWith("unavailable"));
    const waiting = pullImage(entry, world, never);
    await world.clock.advance(1_000);
    assert.equal((await pullImage(other, world, never)).kind, "pulled");
    assert.equal(world.clock.nowMs(), 1_000);
    await world.clock.finish(waiting);
  });

  it("never has more PullImage calls under way than the pool has slots", async () => {
    const world = createWorld(2);
    const entries = entriesFromLines(["a", "b", "c", "d", "e"]);
    const aWhile = () => new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)));
    for (const { line } of entries) world.imageService.onPull(line, aWhile);
    await Promise.all(entries.map((each) => pullImage(each, world, never)));
    assert.equal(world.imageService.mostPullsAtOnce(), 2);
  });

  describe("when its deadline passes", () => {
    it("cancels the call and is timed_out, with the last failure's words", async () => {
      const world = createWorld();
      world.imageService.onPull("a", failedWith("unavailable", "503"), "hangs");
      using deadline = createDeadline(world.clock, 60_000, never);
      const result = await world.clock.finish(pullImage(entry, world, deadline.signal));
      assert.deepEqual(result, {
        ...failedWith(
          "timed_out",
          "not there when the round's time to pull ended; the last attempt failed: 503",
        ),
        attempts: 2,
        durationMs: 60_000,
      });
      assert.deepEqual(world.imageService.cancelled, ["a"]);
    });

    it("is timed_out while it waits for its next attempt, and makes none", async () => {
      const world = createWorld();
      world.imageService.alwaysOnPull("a", failedWith("unavailable"));
      using deadline = createDeadline(world.clock, 4_000, never);
      const result = await world.clock.finish(pullImage(entry, world, deadline.signal));
      assert.ok(result.kind === "failed" && result.failure.reason === "timed_out");
      assert.deepEqual([result.attempts, result.durationMs], [1, 4_000]);
    });

    it("is timed_out with no attempt where it never got a slot", async () => {
      const world = createWorld(1);
      world.imageService.onPull("b", "hangs");
      using deadline = createDeadline(world.clock, 4_000, never);
      const results = [other, entry].map((each) => pullImage(each, world, deadline.signal));
      const [, result] = await world.clock.finish(Promise.all(results));
      assert.ok(result?.kind === "failed" && result.failure.reason === "timed_out");
      assert.equal(result.attempts, 0);
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["b"]);
    });
  });

  describe("when the process is told to end", () => {
    const reason = new Error("told to end");

    it("cancels the call and rejects with the reason", async () => {
      const world = createWorld();
      const controller = new AbortController();
      world.imageService.onPull("a", "hangs");
      const result = pullImage(entry, world, controller.signal);
      await world.clock.advance(1);
      controller.abort(reason);
      await assert.rejects(result, reason);
      assert.deepEqual(world.imageService.cancelled, ["a"]);
    });

    it("rejects while it waits for its next attempt", async () => {
      const world = createWorld();
      const controller = new AbortController();
      world.imageService.onPull("a", failedWith("unavailable"));
      const result = pullImage(entry, world, controller.signal);
      await world.clock.advance(1);
      controller.abort(reason);
      await assert.rejects(result, reason);
      assert.equal(world.clock.pendingCount(), 0);
    });
  });

  it("takes a fault of the agent's own for this one image's failure", async () => {
    const world = createWorld();
    world.imageService.onPull("a", new TypeError("a bug"));
    const result = await pullImage(entry, world, never);
    assert.ok(result.kind === "failed" && result.failure.reason === "internal");
    assert.match(result.failure.message, /a bug/);
    assert.equal((await pullImage(other, world, never)).kind, "pulled");
  });
});
