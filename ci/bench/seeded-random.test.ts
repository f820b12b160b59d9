import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { seededRandom, shuffled } from "./seeded-random.ts";

function draws(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
}

describe("seededRandom()", () => {
  it("draws the same for the same seed, and something else for another", () => {
    assert.deepEqual(draws(7, 20), draws(7, 20));
    assert.notDeepEqual(draws(7, 20), draws(8, 20));
  });

  it("draws from 0 to below 1, whatever the seed", () =>
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        for (const draw of draws(seed, 50)) assert.ok(draw >= 0 && draw < 1);
      }),
    ));

  it("draws each tenth about as often as any other", () => {
    const counts = new Array<number>(10).fill(0);
    for (const draw of draws(1, 20_000))
      counts[Math.floor(draw * 10)] = (counts[Math.floor(draw * 10)] ?? 0) + 1;
    for (const count of counts) assert.ok(count > 1_800 && count < 2_200, `${counts}`);
  });
});

describe("shuffled()", () => {
  it("has every item once, and leaves what it was given as it was", () =>
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const given = [...items];
        const order = shuffled(items, seededRandom(seed));
        assert.deepEqual([items, order.toSorted()], [given, given.toSorted()]);
      }),
    ));

  it("puts each item in each place about as often", () => {
    const random = seededRandom(3);
    const firsts = { a: 0, b: 0, c: 0 };
    for (let count = 0; count < 3_000; count += 1) {
      const [first = "a"] = shuffled(["a", "b", "c"] as const, random);
      firsts[first] += 1;
    }
    for (const count of Object.values(firsts))
      assert.ok(count > 900 && count < 1_100, JSON.stringify(firsts));
  });
});
