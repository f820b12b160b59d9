import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { createDeadline, sleep } from "./deadline.ts";
import type { FailureReason } from "./failure.ts";
import type { RoundContext } from "./round-context.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { createPullWorld, type DiskSettings, type PullWorld } from "./testing/pull-world.ts";
import { untilAborted } from "./testing/script.ts";

const s = 1_000;
const never = new AbortController().signal;
const told = new Error("told to end");

interface Wait {
  /** What `a` waits for. */
  readonly what: string;
  /** When it does, in milliseconds after the start; 1 s by default. */
  readonly atMs?: number;
  readonly settings?: Partial<RoundContext>;
  readonly disk?: DiskSettings;
  readonly makeWait?: (world: PullWorld) => void;
  /** An image that is pulled beside `a`, and begins before it. */
  readonly beside?: string;
}

const hangs = (image: string) => (world: PullWorld) => world.imageService.onPull(image, "hangs");
const fails = (reason: FailureReason) => (world: PullWorld) =>
  world.imageService.alwaysOnPull("a", failedWith(reason));
const diskSpace = () => ({ freeBytes: 0, totalBytes: 100 });

const waits: readonly Wait[] = [
  { what: "its attempt", makeWait: hangs("a") },
  { what: "an attempt with a time limit", settings: { attemptTimeoutMs: 9 * s }, makeWait: hangs("a") },
  { what: "its next attempt", makeWait: fails("not_found") },
  { what: "the end of its registry's hold", makeWait: fails("throttled") },
  {
    what: "its turn at a registry that gets one attempt at a time",
    settings: { throttledRegistries: new Set(["docker.io"]) },
    beside: "b",
    makeWait: hangs("b"),
  },
  {
    what: "its turn in its registry's queue",
    settings: { concurrency: 1 },
    beside: "b",
    makeWait: hangs("b"),
  },
  { what: "a slot", settings: { concurrency: 1 }, beside: "quay.io/c", makeWait: hangs("quay.io/c") },
  { what: "the end of the disk's hold", settings: { diskSpace } },
  { what: "the disk's reserve", disk: { largestImageBytes: 100 }, beside: "b", makeWait: hangs("b") },
  {
    what: "the API server's word on the pressure",
    atMs: 31 * s,
    settings: { diskSpace },
    disk: { diskPressure: { isReported: () => false, ask: untilAborted } },
  },
  {
    what: "the runtime",
    makeWait: (world) => {
      world.imageService.onVersion(...Array(100).fill(failedWith("runtime_down")));
      fails("runtime_down")(world);
    },
  },
  {
    what: "the runtime, which is there and does not answer",
    makeWait: (world) => {
      world.imageService.onVersion("hangs");
      fails("runtime_down")(world);
    },
  },
];

function createWaiting({ settings, disk, beside, makeWait }: Wait) {
  const world = createPullWorld(["a", "b", "quay.io/c"], settings, disk);
  makeWait?.(world);
  const lines = beside === undefined ? ["a"] : [beside, "a"];
  /** The end of `a`'s pull, and of the one beside it. */
  const pull = (signal: AbortSignal) => Promise.allSettled(lines.map((line) => world.pull(line, signal)));
  return { world, pull };
}

describe("pullImage(), while it waits", () => {
  for (const wait of waits) {
    const atMs = wait.atMs ?? 1 * s;

    it(`for ${wait.what}: rejects at once when the process is told to end, and begins nothing more`, async () => {
      const { world, pull } = createWaiting(wait);
      const controller = new AbortController();
      const pulls = pull(controller.signal);
      await world.clock.advance(atMs);
      const requests = [...world.imageService.requests];
      controller.abort(told);
      for (const end of await pulls) assert.deepEqual(end, { status: "rejected", reason: told });
      assert.deepEqual(world.imageService.requests, requests);
      assert.equal(world.clock.nowMs(), atMs);
      assert.equal(world.clock.pendingCount(), 0);
      assert.equal(getEventListeners(controller.signal, "abort").length, 0);
    });

    it(`for ${wait.what}: is timed_out at the round's deadline, and begins nothing more`, async () => {
      const { world, pull } = createWaiting(wait);
      {
        using deadline = createDeadline(world.clock, atMs, never);
        const pulls = pull(deadline.signal);
        await world.clock.advance(atMs - 1);
        const requests = [...world.imageService.requests];
        const end = (await world.clock.finish(pulls)).at(-1);
        assert.ok(end?.status === "fulfilled" && end.value.kind === "failed");
        assert.equal(end.value.failure.reason, "timed_out");
        assert.equal(end.value.durationMs, atMs);
        assert.deepEqual(world.imageService.requests, requests);
      }
      assert.equal(world.clock.nowMs(), atMs);
      assert.equal(world.clock.pendingCount(), 0);
    });
  }

  it("does not begin at all where the process was told to end before", async () => {
    const world = createPullWorld(["a"]);
    await assert.rejects(world.pull("a", AbortSignal.abort(told)), told);
    assert.deepEqual(world.imageService.requests, []);
  });

  it("cancels the call under way", async () => {
    const world = createPullWorld(["a"]);
    hangs("a")(world);
    const controller = new AbortController();
    const pull = world.pull("a", controller.signal);
    await world.clock.advance(1);
    controller.abort(told);
    await assert.rejects(pull, told);
    assert.deepEqual(world.imageService.cancelled, ["a"]);
  });

  it("says at the deadline why its last attempt failed", async () => {
    const world = createPullWorld(["a"]);
    world.imageService.onPull("a", failedWith("unavailable", "503"), "hangs");
    using deadline = createDeadline(world.clock, 60 * s, never);
    assert.deepEqual(await world.clock.finish(world.pull("a", deadline.signal)), {
      ...failedWith(
        "timed_out",
        "not there when the round's time to pull ended; the last attempt failed: 503",
      ),
      attempts: 2,
      durationMs: 60 * s,
    });
  });

  it("says nothing of an attempt at the deadline where none has ended", async () => {
    const world = createPullWorld(["a"]);
    hangs("a")(world);
    using deadline = createDeadline(world.clock, 60 * s, never);
    assert.deepEqual(await world.clock.finish(world.pull("a", deadline.signal)), {
      ...failedWith("timed_out", "not there when the round's time to pull ended"),
      attempts: 1,
      durationMs: 60 * s,
    });
  });

  it("leaves no listener on the signal when it has been through all its waits", async () => {
    const world = createPullWorld(["a"], { attemptTimeoutMs: 9 * s });
    const reasons = ["throttled", "unavailable", "no_space", "runtime_down", "not_found"] as const;
    world.imageService.onPull("a", ...reasons.map((reason) => failedWith(reason)));
    const { signal } = new AbortController();
    const result = await world.clock.finish(world.pull("a", signal));
    assert.deepEqual([result.kind, result.attempts], ["pulled", 5]);
    assert.equal(getEventListeners(signal, "abort").length, 0);
    assert.equal(world.clock.pendingCount(), 0);
  });
});

describe("pullImage(), with a time limit for each attempt", () => {
  it("cuts an attempt off that takes longer, twice", async () => {
    const world = createPullWorld(["a"], { attemptTimeoutMs: 30 * s });
    world.imageService.alwaysOnPull("a", "hangs");
    const message = "the attempt was cut off after 30 s (pull.attemptTimeout, --attempt-timeout)";
    assert.deepEqual(await world.clock.finish(world.pull("a", never)), {
      ...failedWith("timed_out", message),
      attempts: 2,
      durationMs: 62_500,
    });
    assert.deepEqual(world.imageService.cancelled, ["a", "a"]);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("lets an attempt end that takes no longer, and keeps no timer for it", async () => {
    const world = createPullWorld(["a"], { attemptTimeoutMs: 30 * s });
    world.imageService.onPull("a", () => sleep(world.clock, 29 * s, never).then(() => undefined));
    assert.deepEqual(await world.clock.finish(world.pull("a", never)), {
      kind: "pulled",
      attempts: 1,
      durationMs: 29 * s,
    });
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("never cuts an attempt off without one", async () => {
    const world = createPullWorld(["a"]);
    world.imageService.onPull("a", () => sleep(world.clock, 3_000 * s, never).then(() => undefined));
    assert.deepEqual(await world.clock.finish(world.pull("a", never)), {
      kind: "pulled",
      attempts: 1,
      durationMs: 3_000 * s,
    });
  });
});
