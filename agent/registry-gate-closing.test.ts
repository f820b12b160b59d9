import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBackoff } from "./backoff.ts";
import type { PullAnswer } from "./image-service.ts";
import { createRegistryGate } from "./registry-gate.ts";
import { stateOf, untilPassable } from "./testing/at-gate.ts";
import { createFakeClock } from "./testing/fake-clock.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { createRecordingLog } from "./testing/recording-log.ts";

const s = 1_000;
const never = new AbortController().signal;
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

describe("createRegistryGate(), throttled again and again", () => {
  const throttle = async ({ gate, clock }: ReturnType<typeof createWorld>) => {
    assert.equal(await clock.finish(untilPassable(gate, never)), "open");
    gate.enter()(throttled);
  };

  it("holds for longer the second time, and closes the third", async () => {
    const world = createWorld();
    await throttle(world);
    await throttle(world);
    assert.equal(world.clock.nowMs(), 40 * s);
    await throttle(world);
    assert.equal(world.clock.nowMs(), 100 * s);
    assert.deepEqual(world.gate.obstacle(), {
      kind: "closed",
      failure: {
        reason: "throttled",
        message:
          "quay.io has throttled 3 attempts in a row and is not asked again in this round: 429 Too Many Requests",
      },
    });
  });

  it("wakes those who wait when it closes", async () => {
    const world = createWorld();
    await throttle(world);
    await throttle(world);
    await world.clock.finish(untilPassable(world.gate, never));
    const leave = world.gate.enter();
    const waiting = untilPassable(world.gate, never);
    leave(throttled);
    assert.equal(await waiting, "closed");
  });

  it("counts from the start after an image that it let through", async () => {
    const world = createWorld();
    for (let turns = 1; turns <= 3; turns += 1) {
      await throttle(world);
      await throttle(world);
      await world.clock.finish(untilPassable(world.gate, never));
      world.gate.enter()(pulled);
    }
    assert.equal(stateOf(world.gate), "open");
  });

  it("counts no failure of another kind between them as an end of the row", async () => {
    const world = createWorld();
    await throttle(world);
    await throttle(world);
    await world.clock.finish(untilPassable(world.gate, never));
    world.gate.enter()(failedWith("not_found"));
    await throttle(world);
    assert.equal(stateOf(world.gate), "closed");
  });

  it("counts attempts that were under way together once, however late they end", async () => {
    const { gate, clock, log } = createWorld();
    const leaves = [gate.enter(), gate.enter(), gate.enter(), gate.enter()];
    for (const leave of leaves) {
      leave(throttled);
      await clock.advance(70 * s);
      assert.notEqual(stateOf(gate), "closed");
    }
    assert.equal(log.lines.length, 1);
    gate.enter()(throttled);
    await clock.finish(untilPassable(gate, never));
    assert.equal(stateOf(gate), "open");
    gate.enter()(throttled);
    assert.equal(stateOf(gate), "closed");
  });

  it("holds anew from each answer, be it one of several that count once", async () => {
    const { gate, clock } = createWorld();
    const [first, second] = [gate.enter(), gate.enter()];
    first(throttled);
    await clock.advance(39 * s);
    second(throttled);
    await clock.finish(untilPassable(gate, never));
    assert.equal(clock.nowMs(), 79 * s);
  });

  it("does not shorten a hold by an answer that draws a shorter one", async () => {
    const world = createWorld();
    const draws = [1, 0];
    const backoff = createBackoff(() => draws.shift() ?? 0);
    const gate = createRegistryGate("quay.io", { ...world, backoff });
    const [first, second] = [gate.enter(), gate.enter()];
    first(throttled);
    second(throttled);
    await world.clock.finish(untilPassable(gate, never));
    assert.equal(world.clock.nowMs(), 40 * s);
  });

  it("says once each time that it holds, and once that it is closed", async () => {
    const world = createWorld();
    for (let times = 1; times <= 3; times += 1) await throttle(world);
    assert.deepEqual(world.log.lines, [
      {
        level: "warn",
        message: "the registry throttles; all its images wait",
        fields: { registry: "quay.io", delayMs: 40 * s },
      },
      {
        level: "warn",
        message: "the registry throttles; all its images wait",
        fields: { registry: "quay.io", delayMs: 60 * s },
      },
      {
        level: "warn",
        message: "the registry throttles; it is left alone for this round",
        fields: { registry: "quay.io" },
      },
    ]);
  });
});
