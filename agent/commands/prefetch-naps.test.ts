import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Nap } from "../nap.ts";
import type { PrefetchSettings } from "../settings.ts";
import { failedWith } from "../testing/fake-image-service.ts";
import { createPrefetchWorld, type PrefetchWorld } from "../testing/prefetch-world.ts";
import type { CommandResult } from "./command-result.ts";

const minuteMs = 60_000;
const sleeper = "/snooze";
const delaysIn = (world: PrefetchWorld) =>
  world.log.fieldsOf("waiting for the next round").map(({ delayMs }) => Number(delayMs) / minuteMs);
const roundNumbersIn = (world: PrefetchWorld) =>
  world.log.fieldsOf("round ended").map(({ roundNumber }) => roundNumber);

function napFrom(end: CommandResult | Nap): Nap {
  assert.ok("kind" in end, "it did not end as a nap");
  return end;
}

/** A process whose first wait is two minutes, and so a nap: half of the delay is jitter, of which this world has none. */
function createNapping(settings: Partial<PrefetchSettings> = {}): PrefetchWorld {
  return createPrefetchWorld({ sleeper, retryInitialDelayMs: 4 * minuteMs, ...settings });
}

describe("prefetch(), with a sleeper,", () => {
  it("waits itself for a minute or less, and ends as a nap before a longer wait", async () => {
    const world = createPrefetchWorld({ sleeper });
    world.imageService.alwaysOnPull("a", failedWith("evicted"));
    const { delayMs } = napFrom(await world.runOn(undefined, "a"));
    assert.equal(delayMs, 2 * minuteMs);
    assert.deepEqual(delaysIn(world), [0.5, 1, 2]);
    assert.equal(world.clock.nowMs(), 1.5 * minuteMs);
    assert.equal(world.clock.pendingCount(), 0);
    assert.equal(world.nodeApi.marks.label, "failed");
  });

  it("goes on after the nap with its waits doubling up to the longest", async () => {
    const delays: (readonly number[])[] = [];
    const roundNumbers: unknown[] = [];
    let state: string | undefined;
    for (let process = 1; process <= 5; process += 1) {
      const world = createPrefetchWorld({ sleeper });
      world.imageService.alwaysOnPull("a", failedWith("evicted"));
      ({ state } = napFrom(await world.runOn(state, "a")));
      delays.push(delaysIn(world));
      roundNumbers.push(...roundNumbersIn(world));
    }
    assert.deepEqual(delays, [[0.5, 1, 2], [4], [8], [15], [15]]);
    assert.deepEqual(roundNumbers, [1, 2, 3, 4, 5, 6, 7]);
  });

  it("ends with 0 after a nap, once all is there", async () => {
    const world = createNapping();
    world.imageService.onPull("a", failedWith("signature"));
    const { state } = napFrom(await world.runOn(undefined, "a", "b"));
    const end = await world.runOn(state, "a", "b");
    assert.ok(!("kind" in end));
    assert.equal(end.exitCode, 0);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "a"]);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("asks no registry again under Always for what was confirmed before the nap", async () => {
    const world = createNapping({ pullPolicy: "Always" });
    world.imageService.onPull("b", failedWith("signature"));
    const { state } = napFrom(await world.runOn(undefined, "a", "b", "c"));
    await world.runOn(state, "c", "b", "a");
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "c", "b"]);
  });

  it("asks a registry one at a time that has throttled before the nap, and others all at once", async () => {
    const images = ["a", "b", "quay.io/c", "quay.io/d"];
    const before = createNapping();
    for (const image of ["a", "b"]) before.imageService.alwaysOnPull(image, failedWith("throttled"));
    const { state } = napFrom(await before.runOn(undefined, ...images));

    const atOnce: string[] = [];
    const pullsAfter = async (carried: string | undefined) => {
      const world = createNapping();
      const underWay = new Set<string>();
      for (const image of images)
        world.imageService.onPull(image, async () => {
          underWay.add(image);
          atOnce.push([...underWay].join(" "));
          for (let turn = 0; turn < 10; turn += 1) await setImmediate();
          underWay.delete(image);
          return undefined;
        });
      await world.runOn(carried, ...images);
      return atOnce.splice(0);
    };
    assert.ok((await pullsAfter(undefined)).some((pulls) => pulls.includes("a b")));
    const pulls = await pullsAfter(state);
    assert.ok(pulls.some((each) => each.includes("quay.io/c quay.io/d")));
    assert.deepEqual(
      pulls.filter((each) => /\ba\b.*\bb\b|\bb\b.*\ba\b/.test(each)),
      [],
    );
  });

  it("does not tell again after a nap what is there, but what fails", async () => {
    const lines = ["a", "b", "c platforms=linux/arm64"];
    const tellsIn = async (carried: string | undefined) => {
      const world = createNapping();
      world.imageService.store.add("b");
      world.imageService.alwaysOnPull("a", failedWith("signature"));
      const { state } = napFrom(await world.runOn(carried, ...lines));
      const told = world.log.lines.filter(({ message }) => message.startsWith("image "));
      return { state, told: told.map(({ message, fields }) => `${message} ${fields.image}`) };
    };
    const before = await tellsIn(undefined);
    assert.deepEqual(before.told, ["image failed a", "image present b", "image skipped c"]);
    assert.deepEqual((await tellsIn(before.state)).told, ["image failed a"]);
  });

  const others: readonly [what: string, change: (state: string) => string][] = [
    ["another list's", (state) => state.replace(/"revision":"[^"]*"/, '"revision":"1-ffffffffffff"')],
    ["another command's", (state) => state.replace('"prefetch"', '"keep"')],
    ["cut short", (state) => state.slice(0, -1)],
  ];
  for (const [what, change] of others)
    it(`begins anew where the state is ${what}`, async () => {
      const createFailing = () => {
        const world = createNapping({ pullPolicy: "Always" });
        world.imageService.store.add("b");
        world.imageService.alwaysOnPull("a", failedWith("evicted"));
        return world;
      };
      const before = createFailing();
      const { state } = napFrom(await before.runOn(undefined, "a", "b"));
      const world = createFailing();
      napFrom(await world.runOn(change(state), "a", "b"));
      assert.deepEqual(roundNumbersIn(world), [1]);
      assert.deepEqual(delaysIn(world), delaysIn(before));
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b"]);
    });
});

describe("prefetch(), without a sleeper,", () => {
  it("waits itself, however long", async () => {
    const world = createNapping({ sleeper: undefined });
    world.imageService.onPull("a", failedWith("evicted"), failedWith("evicted"));
    const end = await world.runOn(undefined, "a");
    assert.ok(!("kind" in end));
    assert.equal(end.exitCode, 0);
    assert.deepEqual(delaysIn(world), [2, 4]);
    assert.equal(world.clock.nowMs(), 6 * minuteMs);
  });
});
