import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runRound } from "./round.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { unavailable } from "./testing/fake-node-api.ts";
import { createRoundWorld, intercepted, mark, type RoundWorld } from "./testing/round-world.ts";

const reason = new Error("told to end");

/**
 * A world in which everything happens: a stale label whose first removals are refused, pulls that wait and try again, a
 * write that is tried again, an optional image.
 */
function busyWorld(): RoundWorld {
  const world = createRoundWorld(["a", "b", "c required=false"]);
  mark(world, { verdict: "succeeded" });
  world.nodeApi.onWrite(...Array.from({ length: 5 }, () => unavailable));
  const takeAWhile = () =>
    new Promise<undefined>((resolve) => world.clock.after(4_000, () => resolve(undefined)));
  for (const image of ["a", "c"]) world.imageService.onPull(image, takeAWhile);
  world.imageService.onPull("b", failedWith("unavailable"), failedWith("corrupt"));
  return world;
}

/** What must hold after the process was told to end; the test runner fails a test that leaves a rejection unhandled. */
async function assertEndsCleanly(
  world: RoundWorld,
  round: Promise<unknown>,
  requestsBegun: 0 | 1,
): Promise<void> {
  const { marks } = world.nodeApi;
  const requests = world.nodeApi.requests.length;
  await assert.rejects(round, reason);
  // What a pull that was cut off still does in the world's own time is not the agent's.
  await world.clock.advance(100_000);
  assert.equal(world.clock.pendingCount(), 0);
  assert.equal(world.nodeApi.marks, marks);
  assert.ok(world.nodeApi.requests.length <= requests + requestsBegun);
}

describe("runRound(), when the process is told to end,", () => {
  it("rejects with the reason and writes no verdict, whichever of its requests was the last", async () => {
    let count = 0;
    const undisturbed = busyWorld();
    const noSignal = new AbortController().signal;
    const whole = intercepted(undisturbed, async () => {
      count += 1;
    });
    const result = await undisturbed.clock.finish(runRound(whole, noSignal));
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.ok(count > 25, String(count));
    for (let last = 1; last <= count; last += 1) {
      const world = busyWorld();
      const controller = new AbortController();
      const aborted = Promise.withResolvers<void>();
      let requests = 0;
      const round = runRound(
        intercepted(world, async () => {
          requests += 1;
          if (requests !== last) return;
          controller.abort(reason);
          aborted.resolve();
        }),
        controller.signal,
      );
      const ended = round.catch(() => {});
      await world.clock.finish(Promise.race([aborted.promise, ended]));
      await assertEndsCleanly(world, round, 1);
    }
  });

  it("rejects with the reason and writes no verdict, at whatever time", async () => {
    const undisturbed = busyWorld();
    await undisturbed.clock.finish(runRound(undisturbed, new AbortController().signal));
    const wholeMs = undisturbed.clock.nowMs();
    assert.ok(wholeMs > 5_000);
    for (let ms = 0; ms < wholeMs; ms += 125) {
      const world = busyWorld();
      const controller = new AbortController();
      const round = runRound(world, controller.signal);
      round.catch(() => {});
      await world.clock.advance(ms);
      controller.abort(reason);
      await assertEndsCleanly(world, round, 0);
    }
  });

  it("cancels the pulls that are under way at the runtime", async () => {
    const world = createRoundWorld(["a", "b"]);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
    const controller = new AbortController();
    world.imageService.onPull("a", "hangs");
    const round = runRound(world, controller.signal);
    await world.clock.advance(1_000);
    controller.abort(reason);
    await assert.rejects(round, reason);
    assert.deepEqual(world.imageService.cancelled, ["a"]);
    assert.deepEqual(world.nodeApi.writes(), []);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("cancels a removal in the background, and nothing is left of it", async () => {
    const world = createRoundWorld(["a"]);
    mark(world, { verdict: "succeeded" });
    world.nodeApi.onRead(unavailable, unavailable, unavailable, "hangs");
    world.imageService.onPull("a", "hangs");
    const controller = new AbortController();
    const round = runRound(world, controller.signal);
    await world.clock.advance(10_000);
    assert.equal(world.nodeApi.methods().length, 4);
    controller.abort(reason);
    await assert.rejects(round, reason);
    assert.equal(world.clock.pendingCount(), 0);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });
});
