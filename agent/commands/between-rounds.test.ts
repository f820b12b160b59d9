import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Nap } from "../nap.ts";
import type { PrefetchSettings } from "../settings.ts";
import { failedWith } from "../testing/fake-image-service.ts";
import { unavailable } from "../testing/fake-node-api.ts";
import { createPrefetchWorld, type PrefetchWorld } from "../testing/prefetch-world.ts";
import type { CommandResult } from "./command-result.ts";

const minuteMs = 60_000;

/** A first wait of 20 minutes, as jitter adds nothing, with a look each 8: after 8 and 16, and the round after 20. */
function createLooking(settings: Partial<PrefetchSettings> = {}): PrefetchWorld {
  const world = createPrefetchWorld({
    intervalMs: 8 * minuteMs,
    retryInitialDelayMs: 40 * minuteMs,
    retryMaxDelayMs: 40 * minuteMs,
    ...settings,
  });
  world.imageService.onPull("a", failedWith("evicted"));
  return world;
}

/** Changes something once the world has waited for so many minutes. */
function afterMinutes(world: PrefetchWorld, minutes: number, change: () => void): void {
  world.clock.after(minutes * minuteMs, change);
}

const minutesOf = (world: PrefetchWorld) => world.clock.nowMs() / minuteMs;
const pullsOf = (world: PrefetchWorld) => world.imageService.referencesOf("pullImage");
const looksOf = (world: PrefetchWorld) =>
  world.log.fieldsOf("looked: it is not time for the next round yet").length;

describe("a wait for the next round of prefetch(), with an interval,", () => {
  it("goes on to its end while the Node says failed and the image is missing, with one read a look", async () => {
    const world = createLooking();
    const readsAfter: number[] = [];
    for (const minutes of [7, 9, 17, 19])
      afterMinutes(world, minutes, () => readsAfter.push(world.nodeApi.methods().length));
    assert.equal((await world.finish("a")).exitCode, 0);
    assert.deepEqual([minutesOf(world), looksOf(world)], [20, 2]);
    const [requests = 0] = readsAfter;
    assert.deepEqual(readsAfter, [requests, requests + 1, requests + 2, requests + 2]);
    assert.deepEqual(pullsOf(world), ["a", "a"]);
  });

  const changes: readonly [what: string, change: (world: PrefetchWorld) => void][] = [
    [
      "the label is gone",
      ({ nodeApi }) => {
        nodeApi.marks = { ...nodeApi.marks, label: undefined };
      },
    ],
    [
      "the label says succeeded",
      ({ nodeApi }) => {
        nodeApi.marks = { ...nodeApi.marks, label: "succeeded" };
      },
    ],
    [
      "the Node was made anew",
      ({ nodeApi }) => {
        nodeApi.marks = { label: undefined, annotation: undefined };
      },
    ],
    ["the image is there", ({ imageService }) => void imageService.store.add("a")],
  ];
  for (const [what, change] of changes)
    it(`ends with the look that finds that ${what}`, async () => {
      const world = createLooking();
      afterMinutes(world, 9, () => change(world));
      assert.equal((await world.finish("a")).exitCode, 0);
      assert.deepEqual([minutesOf(world), looksOf(world)], [16, 1]);
      assert.equal(world.nodeApi.marks.label, "succeeded");
    });

  it("ends the agent with the look that finds another owner, or no Node", async () => {
    const foreign = createLooking();
    afterMinutes(foreign, 1, () => {
      foreign.nodeApi.marks = { label: undefined, annotation: '{"v":1,"owner":"default/yours"}' };
    });
    assert.equal((await foreign.finish("a")).exitCode, 4);
    const gone = createLooking();
    afterMinutes(gone, 1, () => gone.nodeApi.always({ kind: "gone" }));
    assert.equal((await gone.finish("a")).exitCode, 0);
    for (const world of [foreign, gone]) {
      assert.equal(minutesOf(world), 8);
      assert.deepEqual(pullsOf(world), ["a"]);
    }
  });

  it("does not take an image that is there for confirmed under Always", async () => {
    const world = createLooking({ pullPolicy: "Always" });
    afterMinutes(world, 1, () => world.imageService.store.add("a"));
    await world.finish("a");
    assert.equal(minutesOf(world), 20);
  });

  it("goes on while the API server or the runtime does not answer", async () => {
    const withoutServer = createLooking();
    afterMinutes(withoutServer, 1, () => withoutServer.nodeApi.onRead(unavailable, unavailable));
    const withoutRuntime = createLooking();
    const silent = failedWith("runtime_down");
    afterMinutes(withoutRuntime, 1, () => withoutRuntime.imageService.onStatus("a", silent, silent));
    for (const world of [withoutServer, withoutRuntime]) {
      assert.equal((await world.finish("a")).exitCode, 0);
      assert.equal(minutesOf(world), 20);
    }
  });

  it("ends where somebody has set the clock so that it would be longer than any", async () => {
    const world = createLooking();
    afterMinutes(world, 1, () => world.clock.setDate(new Date(Date.UTC(2025, 0, 1))));
    assert.equal((await world.finish("a")).exitCode, 0);
    assert.equal(minutesOf(world), 8);
  });

  it("is not interrupted where it is for a share of the window", async () => {
    const world = createPrefetchWorld({ intervalMs: minuteMs, staggerWindowMs: 60 * minuteMs });
    await world.finish("a");
    assert.ok(minutesOf(world) > 2);
    assert.equal(looksOf(world), 0);
  });
});

describe("the same with a sleeper", () => {
  const napFrom = (end: CommandResult | Nap): Nap => {
    assert.ok("kind" in end, "it did not end as a nap");
    return end;
  };

  it("is a nap of one interval after the other, and of what is left, over which the time of the round stays", async () => {
    const world = createLooking({ sleeper: "/snooze" });
    const delays: number[] = [];
    let state: string | undefined;
    for (let process = 1; process <= 3; process += 1) {
      const nap = napFrom(await world.runOn(state, "a"));
      delays.push(nap.delayMs / minuteMs);
      ({ state } = nap);
      await world.clock.advance(nap.delayMs);
    }
    assert.deepEqual(delays, [8, 8, 4]);
    assert.deepEqual(pullsOf(world), ["a"]);
    assert.ok(!("kind" in (await world.runOn(state, "a"))));
    assert.deepEqual(pullsOf(world), ["a", "a"]);
  });

  it("is slept through in pieces of less than a minute too", async () => {
    const world = createLooking({ sleeper: "/snooze", intervalMs: 10_000 });
    assert.equal(napFrom(await world.runOn(undefined, "a")).delayMs, 10_000);
  });

  it("runs the round where the label is gone when the process is back", async () => {
    const world = createLooking({ sleeper: "/snooze" });
    const { state, delayMs } = napFrom(await world.runOn(undefined, "a"));
    await world.clock.advance(delayMs);
    world.nodeApi.marks = { ...world.nodeApi.marks, label: undefined };
    assert.ok(!("kind" in (await world.runOn(state, "a"))));
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });
});
