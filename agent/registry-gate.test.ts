import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBackoff } from "./backoff.ts";
import type { FailureReason } from "./failure.ts";
import type { PullAnswer } from "./image-service.ts";
import { createRegistryGate } from "./registry-gate.ts";
import { stateOf, untilPassable } from "./testing/at-gate.ts";
import { createFakeClock } from "./testing/fake-clock.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { createRecordingLog } from "./testing/recording-log.ts";

const s = 1_000;
const never = new AbortController().signal;
const told = new Error("told to end");
const pulled: PullAnswer = { kind: "pulled", imageId: "sha256:0123" };
const throttled = failedWith("throttled", "429 Too Many Requests");

function createWorld({ jitter = 1, scale = 1, throttledRegistries = new Set<string>() } = {}) {
  const world = {
    clock: createFakeClock(),
    backoff: createBackoff(() => jitter, scale),
    log: createRecordingLog(),
    throttledRegistries,
  };
  return { ...world, gate: createRegistryGate("quay.io", world) };
}

describe("createRegistryGate()", () => {
  it("lets any number of attempts pass at once to begin with", () => {
    const { gate } = createWorld();
    for (let attempts = 1; attempts <= 20; attempts += 1) {
      assert.equal(stateOf(gate), "open");
      gate.enter();
    }
  });

  describe("once an attempt was throttled", () => {
    for (const [jitter, holdMs] of [
      [0, 20 * s],
      [1, 40 * s],
    ] as const) {
      it(`holds all attempts together for ${holdMs / s} s with jitter ${jitter}`, async () => {
        const { gate, clock } = createWorld({ jitter });
        gate.enter()(throttled);
        const entries = [untilPassable(gate, never), untilPassable(gate, never)];
        await clock.advance(holdMs - 1);
        assert.equal(stateOf(gate), "wait");
        await clock.advance(1);
        assert.deepEqual(await Promise.all(entries), ["open", "open"]);
        assert.equal(clock.pendingCount(), 0);
      });
    }

    it("holds in the measure that the process was given", async () => {
      const { gate, clock } = createWorld({ scale: 0.1 });
      gate.enter()(throttled);
      await clock.finish(untilPassable(gate, never));
      assert.equal(clock.nowMs(), 4 * s);
    });

    it("lets one attempt at a time pass from then on, the next as soon as it ends", async () => {
      const { gate, clock } = createWorld();
      gate.enter()(throttled);
      await clock.finish(untilPassable(gate, never));
      for (let attempts = 1; attempts <= 5; attempts += 1) {
        const leave = gate.enter();
        const next = untilPassable(gate, never);
        await clock.advance(300 * s);
        assert.equal(stateOf(gate), "wait");
        leave(pulled);
        assert.equal(await next, "open");
      }
    });

    it("lets attempts that were under way end, and none pass before they have", async () => {
      const { gate, clock } = createWorld();
      const [first, second, third] = [gate.enter(), gate.enter(), gate.enter()];
      first(throttled);
      const next = untilPassable(gate, never);
      await clock.advance(100 * s);
      second(pulled);
      await clock.advance(100 * s);
      assert.equal(stateOf(gate), "wait");
      third(undefined);
      assert.equal(await next, "open");
    });

    it("tells the other rounds of the process, which go one at a time but ask at once", () => {
      const world = createWorld();
      world.gate.enter()(throttled);
      assert.deepEqual([...world.throttledRegistries], ["quay.io"]);
      const nextRound = createRegistryGate("quay.io", world);
      assert.equal(stateOf(nextRound), "open");
      const leave = nextRound.enter();
      assert.equal(stateOf(nextRound), "wait");
      leave(pulled);
      assert.equal(stateOf(nextRound), "open");
    });

    it("leaves other registries' attempts alone", () => {
      const world = createWorld();
      world.gate.enter()(throttled);
      const other = createRegistryGate("ghcr.io", world);
      other.enter();
      assert.equal(stateOf(other), "open");
    });
  });

  describe("where attempts run into a time limit", () => {
    const narrowing: readonly [what: string, reason: FailureReason, attemptMs: number][] = [
      ["the runtime's, as an attempt that is unavailable after 10 s has", "unavailable", 10 * s],
      ["the attempt's own, however short it is", "timed_out", 1],
    ];
    for (const [what, reason, attemptMs] of narrowing) {
      it(`goes one at a time: ${what}`, async () => {
        const { gate, clock } = createWorld();
        const leave = gate.enter();
        await clock.advance(attemptMs);
        leave(failedWith(reason));
        assert.equal(stateOf(gate), "open");
        gate.enter();
        assert.equal(stateOf(gate), "wait");
      });
    }

    const harmless: readonly [reason: FailureReason, attemptMs: number][] = [
      ["unavailable", 9.999 * s],
      ["not_found", 600 * s],
      ["corrupt", 600 * s],
    ];
    for (const [reason, attemptMs] of harmless) {
      it(`stays wide after an attempt that is ${reason} after ${attemptMs / s} s`, async () => {
        const { gate, clock } = createWorld();
        await clock.advance(100 * s);
        const leave = gate.enter();
        await clock.advance(attemptMs);
        leave(failedWith(reason));
        gate.enter();
        assert.equal(stateOf(gate), "open");
      });
    }

    it("is wide again once an image was pulled, not by a quick failure", async () => {
      const { gate, clock } = createWorld();
      const leave = gate.enter();
      await clock.advance(30 * s);
      leave(failedWith("unavailable"));
      gate.enter()(failedWith("unavailable"));
      const last = gate.enter();
      assert.equal(stateOf(gate), "wait");
      last(pulled);
      gate.enter();
      assert.equal(stateOf(gate), "open");
    });

    it("forgets it in the next round", async () => {
      const world = createWorld();
      world.gate.enter()(failedWith("timed_out"));
      const nextRound = createRegistryGate("quay.io", world);
      nextRound.enter();
      assert.equal(stateOf(nextRound), "open");
    });
  });

  describe("when the signal aborts", () => {
    it("lets go of those who wait for the end of a hold, and keeps no timer", async () => {
      const { gate, clock } = createWorld();
      gate.enter()(throttled);
      const controller = new AbortController();
      const waiting = untilPassable(gate, controller.signal);
      controller.abort(told);
      await assert.rejects(waiting, told);
      assert.equal(clock.pendingCount(), 0);
    });

    it("lets go of those who wait for their turn", async () => {
      const { gate } = createWorld({ throttledRegistries: new Set(["quay.io"]) });
      gate.enter();
      const controller = new AbortController();
      const waiting = untilPassable(gate, controller.signal);
      controller.abort(told);
      await assert.rejects(waiting, told);
    });
  });

  it("lets the next pass although what it says cannot be said", async () => {
    const world = createWorld({ throttledRegistries: new Set(["quay.io"]) });
    const log = {
      ...world.log,
      warn: () => {
        throw new TypeError("a bug");
      },
    };
    const gate = createRegistryGate("quay.io", { ...world, log });
    const leave = gate.enter();
    const waiting = untilPassable(gate, never);
    assert.throws(() => leave(throttled), /a bug/);
    await world.clock.finish(waiting);
    assert.equal(world.clock.nowMs(), 40 * s);
  });
});
