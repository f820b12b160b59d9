import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extrapolated, peakPerSecond, percentile } from "./figures.ts";

describe("percentile()", () => {
  it("is the value that so many percent do not exceed, in whatever order they come", () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    assert.deepEqual(
      [percentile(values, 50), percentile(values, 99), percentile(values, 100)],
      [100, 198, 200],
    );
  });

  it("orders numbers as numbers", () => {
    assert.equal(percentile([10, 9, 100], 50), 10);
  });

  it("is the only value there is, and NaN where there is none", () => {
    assert.deepEqual([percentile([7], 1), percentile([7], 99), percentile([], 50)], [7, 7, Number.NaN]);
  });
});

describe("extrapolated()", () => {
  it("follows the line through the two points of the largest x, in whatever order they come", () => {
    const points = [
      { x: 5_000, y: 90 },
      { x: 100, y: 50 },
      { x: 1_000, y: 10 },
    ];
    assert.equal(extrapolated(points, 10_000), 190);
  });

  it("refuses what gives no line", () => {
    assert.throws(() => extrapolated([{ x: 1, y: 1 }], 10), /two points/);
    assert.throws(
      () =>
        extrapolated(
          [
            { x: 1, y: 1 },
            { x: 1, y: 2 },
          ],
          10,
        ),
      /two points/,
    );
  });
});

describe("peakPerSecond()", () => {
  it("finds the busiest second wherever it begins", () => {
    assert.equal(peakPerSecond([2_400, 100, 900, 1_050, 1_099, 3_000]), 4);
  });

  it("does not count what comes a whole second later", () => {
    assert.equal(peakPerSecond([0, 1_000, 2_000]), 1);
    assert.equal(peakPerSecond([]), 0);
  });
});
