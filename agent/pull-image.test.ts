import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createBackoff } from "./backoff.ts";
import { sleep } from "./deadline.ts";
import type { FailureReason } from "./failure.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { createPullWorld, type PullWorld } from "./testing/pull-world.ts";
import { tryPolicies } from "./try-policy.ts";

const s = 1_000;
const never = new AbortController().signal;
const versionAnswer = {
  kind: "version",
  version: { name: "fake", version: "v1.0.0", apiVersion: "v1" },
} as const;

const worldWithJitter = (jitter: number) =>
  createPullWorld(["a", "b"], { backoff: createBackoff(() => jitter) });
const createWorld = () => worldWithJitter(0);
const pull = (world: PullWorld, signal = never) => world.clock.finish(world.pull("a", signal));

/** Makes every attempt come to `reason` after `takesMs`; the returned list has when each began. */
function failAlways(world: PullWorld, reason: FailureReason, takesMs = 0): readonly number[] {
  const starts: number[] = [];
  world.imageService.alwaysOnPull("a", async () => {
    starts.push(world.clock.nowMs());
    await sleep(world.clock, takesMs, never);
    return failedWith(reason);
  });
  return starts;
}

const withoutCredential = "tried without a credential, as no pull secret is set (pull.secrets)";

describe("pullImage()", () => {
  it("pulls with one attempt what can be pulled", async () => {
    const world = createWorld();
    assert.deepEqual(await pull(world), { kind: "pulled", attempts: 1, durationMs: 0 });
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
  });

  // When each attempt begins, in seconds: by the least jitter, and by the most.
  const table: readonly (readonly [
    reason: FailureReason,
    least: readonly number[],
    most: readonly number[],
  ])[] = [
    ["invalid_reference", [0], [0]],
    ["no_platform", [0], [0]],
    ["signature", [0], [0]],
    ["evicted", [0], [0]],
    ["internal", [0], [0]],
    ["not_found", [0, 7.5, 17.5], [0, 15, 35]],
    ["unauthorized", [0, 20], [0, 40]],
    ["throttled", [0, 20, 50], [0, 40, 100]],
    ["unavailable", [0, 0.5, 1.5, 3.5, 7.5], [0, 1, 3, 7, 15]],
    ["corrupt", [0, 2, 6], [0, 4, 12]],
    ["no_space", [0, 30], [0, 60]],
    ["runtime_down", [0, 0.25, 0.75, 1.75, 3.75], [0, 0.5, 1.5, 3.5, 7.5]],
    ["timed_out", [0, 2.5], [0, 5]],
    ["unknown", [0, 1, 3], [0, 2, 6]],
  ];
  for (const [reason, ...startsByJitter] of table) {
    const attempts = startsByJitter[0].length;
    it(`makes ${attempts} attempts in all where it is always ${reason}, at the times of its policy`, async () => {
      for (const [jitter, starts] of startsByJitter.entries()) {
        const world = worldWithJitter(jitter);
        const began = failAlways(world, reason);
        const result = await pull(world);
        assert.deepEqual(
          began,
          starts.map((start) => start * s),
        );
        const words = reason === "unauthorized" ? `it is unauthorized; ${withoutCredential}` : undefined;
        assert.deepEqual(result, {
          ...failedWith(reason, words),
          attempts: reason === "runtime_down" ? 0 : attempts,
          durationMs: began.at(-1),
        });
        assert.equal(world.clock.pendingCount(), 0);
      }
    });
  }

  it("makes two attempts in all where each vanishes in a black hole", async () => {
    const world = worldWithJitter(1);
    assert.deepEqual(failAlways(world, "unavailable", 30 * s), []);
    const result = await pull(world);
    assert.deepEqual(result, { ...failedWith("unavailable"), attempts: 2, durationMs: 61 * s });
  });

  it("takes no wait before an attempt for time that the attempt took", async () => {
    const world = createWorld();
    const reasons = ["throttled", "unavailable", "throttled", "unavailable"] as const;
    world.imageService.onPull("a", ...reasons.map((reason) => failedWith(reason)));
    const result = await pull(world);
    assert.deepEqual([result.kind, result.attempts], ["pulled", 5]);
  });

  it("is pulled at the second attempt where the first met a restart", async () => {
    const world = createWorld();
    await world.clock.advance(100 * s);
    world.imageService.onPull("a", failedWith("unavailable"));
    assert.deepEqual(await pull(world), { kind: "pulled", attempts: 2, durationMs: 500 });
  });

  it("says before each further attempt why the last one failed", async () => {
    const world = createWorld();
    world.imageService.onPull(
      "a",
      failedWith("unavailable", "503"),
      failedWith("runtime_down", "gone"),
      failedWith("corrupt", "bits"),
    );
    await pull(world);
    assert.deepEqual(world.log.fieldsOf("attempt failed, another follows"), [
      { image: "a", attemptNumber: 1, reason: "unavailable", delayMs: 500, error: "503" },
      { image: "a", attemptNumber: 2, reason: "runtime_down", delayMs: 250, error: "gone" },
      { image: "a", attemptNumber: 2, reason: "corrupt", delayMs: 2_000, error: "bits" },
    ]);
  });

  it("holds no slot of the pool while it waits for its next attempt", async () => {
    const world = createPullWorld(["a", "b"], { concurrency: 1 });
    world.imageService.alwaysOnPull("a", failedWith("unavailable"));
    const waiting = world.pull("a", never);
    await world.clock.advance(1);
    assert.equal((await world.pull("b", never)).kind, "pulled");
    assert.equal(world.clock.nowMs(), 1);
    await world.clock.finish(waiting);
  });

  it("is no_space without an attempt where the disk has too little free for long", async () => {
    const world = createPullWorld(["a"], { diskSpace: () => ({ freeBytes: 19, totalBytes: 100 }) });
    const result = await pull(world);
    assert.ok(result.kind === "failed" && result.failure.reason === "no_space");
    assert.deepEqual([result.attempts, result.durationMs], [0, 30 * s]);
    assert.deepEqual(world.imageService.requests, []);
    assert.deepEqual(world.log.fieldsOf("attempt failed, another follows"), []);
  });

  describe("where the runtime goes away", () => {
    it("is asked how it is only then, and not where a registry fails", async () => {
      const world = createWorld();
      world.imageService.onPull("a", failedWith("unavailable"), failedWith("corrupt"));
      assert.equal((await pull(world)).kind, "pulled");
      assert.deepEqual(
        new Set(world.imageService.requests.map(({ method }) => method)),
        new Set(["pullImage"]),
      );
    });

    it("waits until it answers, and counts the attempt that it cut off for nothing", async () => {
      const world = createWorld();
      world.imageService.onPull("a", failedWith("runtime_down"));
      world.imageService.onVersion(...Array(10).fill(failedWith("runtime_down")));
      assert.deepEqual(await pull(world), { kind: "pulled", attempts: 1, durationMs: 5_250 });
    });

    it("ends with the runtime's last word where it stays away for the entry's time to wait", async () => {
      const world = createWorld();
      world.imageService.onPull("a", failedWith("runtime_down", "reset"));
      world.imageService.onVersion(...Array(1_000).fill(failedWith("runtime_down", "no socket")));
      const result = await pull(world);
      // What its next delay would take is not left to wait.
      assert.deepEqual(result, {
        ...failedWith("runtime_down", "no socket"),
        attempts: 0,
        durationMs: 179_750,
      });
    });

    it("has less time to wait for it after other waits, its own among them", async () => {
      const world = createWorld();
      const away = Array(300).fill(failedWith("runtime_down"));
      world.imageService.onPull("a", ...Array(3).fill(failedWith("runtime_down")));
      world.imageService.onVersion(...away, versionAnswer, ...away);
      const result = await pull(world);
      assert.ok(result.kind === "failed" && result.failure.reason === "runtime_down");
      // 150 s away, back for the 250 ms until the second attempt, and then not waited for longer than is left.
      assert.deepEqual(
        [result.durationMs, world.imageService.referencesOf("pullImage").length],
        [179_500, 2],
      );
    });
  });

  it("has a row in the table above for every reason", () => {
    assert.deepEqual(table.map(([reason]) => reason).sort(), Object.keys(tryPolicies).sort());
  });

  it("ends within 180 s and 20 calls, whatever comes, where the attempts themselves take no time", async () => {
    const reasons = table.map(([reason]) => reason);
    const retried = table.filter(([, starts]) => starts.length > 1).map(([reason]) => reason);
    const step = fc.record({
      // Mostly such that another attempt follows, or few sequences would get far.
      reason: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(...retried) },
        { weight: 1, arbitrary: fc.constantFrom(...reasons) },
      ),
      awayMs: fc.oneof(fc.integer({ min: 0, max: 5 * s }), fc.integer({ min: 0, max: 200 * s })),
    });
    const steps = fc.array(step, { minLength: 21, maxLength: 21 });
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(0, 0.5, 1), async (failures, jitter) => {
        const world = worldWithJitter(jitter);
        let backMs = 0;
        for (const { reason, awayMs } of failures) {
          world.imageService.onPull("a", () => {
            if (reason === "runtime_down") backMs = world.clock.nowMs() + awayMs;
            return failedWith(reason);
          });
        }
        world.imageService.onVersion(
          ...Array(1_000).fill(() =>
            world.clock.nowMs() < backMs ? failedWith("runtime_down") : versionAnswer,
          ),
        );
        const result = await pull(world);
        assert.equal(result.kind, "failed");
        assert.ok(result.durationMs <= 180 * s, `${result.durationMs} ms`);
        assert.ok(world.imageService.referencesOf("pullImage").length <= 20);
        assert.equal(world.clock.pendingCount(), 0);
      }),
      { numRuns: 300 },
    );
  });
});
