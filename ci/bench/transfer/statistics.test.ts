import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../seeded-random.ts";
import { rankSumChances, ratioOf, spreadOf } from "./statistics.ts";

const times = fc.array(fc.double({ min: 0.01, max: 1_000, noNaN: true }), { minLength: 2, maxLength: 8 });
const isAbout = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

describe("spreadOf()", () => {
  it("has the middle one of an odd number", () =>
    assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3 }));

  it("has the mean of the middle two of an even number", () =>
    assert.deepEqual(spreadOf([4, 1, 2, 10]), { median: 3, min: 1, max: 10 }));

  it("refuses what was never measured", () => assert.throws(() => spreadOf([]), RangeError));
});

describe("rankSumChances()", () => {
  it("counts the orders of two and two: six, of which one puts no pair the other way round", () =>
    assert.deepEqual(
      rankSumChances(2, 2).map((chance) => Math.round(chance * 6)),
      [1, 1, 2, 1, 1],
    ));

  it("comes to 1, is symmetric, and has as its first the one order of so many over so many", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), (first, second) => {
        const chances = rankSumChances(first, second);
        assert.ok(
          isAbout(
            chances.reduce((sum, chance) => sum + chance, 0),
            1,
          ),
        );
        assert.ok(chances.every((chance, index) => isAbout(chance, chances.at(-1 - index) ?? -1)));
        let orders = 1;
        for (let index = 1; index <= first; index += 1) orders = (orders * (second + index)) / index;
        assert.ok(isAbout(chances[0] ?? 0, 1 / orders));
      }),
    ));
});

describe("ratioOf()", () => {
  it("says 96.8 % of five and five, and leaves two ratios off at each end", () => {
    const { ratio, interval } = ratioOf([10, 11, 12, 13, 14], [1, 1, 1, 1, 1]);
    assert.equal(ratio, 12);
    // Each ratio is there five times; what is left off are two of the first five.
    assert.deepEqual([interval?.low, interval?.high], [10, 14]);
    assert.equal(interval?.confidence.toFixed(3), "0.968");
    const distinct = ratioOf([1, 2, 3, 4, 5], [1, 1.01, 1.02, 1.03, 1.04]);
    assert.equal(distinct.interval?.low, 1 / 1.02);
    assert.equal(distinct.interval?.high, 5 / 1.02);
  });

  it("leaves nothing off of five and three, and says 96.4 % all the same", () => {
    const { interval } = ratioOf([1, 2, 3, 4, 5], [1, 1.01, 1.02]);
    assert.deepEqual([interval?.low, interval?.high], [1 / 1.02, 5]);
    assert.equal(interval?.confidence.toFixed(3), "0.964");
  });

  it("is as wide as can be of two and two, and says that it is right two times of three", () => {
    const { interval } = ratioOf([2, 4], [1, 2]);
    assert.deepEqual([interval?.low, interval?.high, interval?.confidence.toFixed(3)], [1, 4, "0.667"]);
  });

  it("has no interval of one and one, or of one and two", () => {
    assert.deepEqual(ratioOf([4], [2]), { ratio: 2, interval: undefined });
    assert.equal(ratioOf([4], [2, 3]).interval, undefined);
  });

  it("has the ratio of the medians in its interval", () =>
    fc.assert(
      fc.property(times, times, (ours, theirs) => {
        const { ratio, interval } = ratioOf(ours, theirs);
        assert.ok(
          interval !== undefined && interval.low <= ratio * (1 + 1e-9) && interval.high >= ratio * (1 - 1e-9),
        );
      }),
    ));

  it("turns over with its two sides, and does not depend on the order of runs", () =>
    fc.assert(
      fc.property(times, times, (ours, theirs) => {
        const there = ratioOf(ours, theirs).interval;
        const back = ratioOf(theirs.toReversed(), ours.toReversed()).interval;
        assert.ok(there !== undefined && back !== undefined);
        assert.ok(isAbout(there.low, 1 / back.high) && isAbout(there.high, 1 / back.low));
      }),
    ));

  it("does not depend on the machine's speed", () =>
    fc.assert(
      fc.property(times, times, fc.double({ min: 0.1, max: 10, noNaN: true }), (ours, theirs, speed) => {
        const slower = (values: readonly number[]) => values.map((value) => value * speed);
        const as = ratioOf(ours, theirs);
        const scaled = ratioOf(slower(ours), slower(theirs));
        assert.ok(
          isAbout(as.interval?.low ?? 0, scaled.interval?.low ?? 0) && isAbout(as.ratio, scaled.ratio),
        );
      }),
    ));

  it("is the wider the more often it is to be right", () =>
    fc.assert(
      fc.property(times, times, (ours, theirs) => {
        const narrow = ratioOf(ours, theirs, 0.6).interval;
        const wide = ratioOf(ours, theirs, 0.99).interval;
        assert.ok(narrow !== undefined && wide !== undefined);
        assert.ok(wide.low <= narrow.low && wide.high >= narrow.high);
        assert.ok(wide.confidence >= narrow.confidence);
      }),
    ));

  it("has the true ratio in its interval as often as it says", () => {
    const random = seededRandom(5);
    for (const [first, second] of [
      [5, 5],
      [3, 3],
      [5, 2],
    ] as const) {
      const sample = (count: number, scale: number) =>
        Array.from({ length: count }, () => scale * 2 ** random());
      const samples = 4_000;
      let hits = 0;
      let said = 0;
      for (let index = 0; index < samples; index += 1) {
        const { interval } = ratioOf(sample(first, 3), sample(second, 2));
        if (interval === undefined) continue;
        said = interval.confidence;
        if (interval.low <= 1.5 && 1.5 <= interval.high) hits += 1;
      }
      assert.ok(
        Math.abs(hits / samples - said) < 0.02,
        `${first} and ${second}: ${hits / samples}, not ${said}`,
      );
    }
  });
});
