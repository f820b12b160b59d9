import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mostAtOnce } from "./most-at-once.ts";

const spans = (...pairs: readonly (readonly [number, number | undefined])[]) =>
  pairs.map(([atMs, endedAtMs]) => ({ atMs, endedAtMs }));

describe("mostAtOnce()", () => {
  for (const [what, most, given] of [
    ["nothing", 0, spans()],
    ["one after the other", 1, spans([1, 2], [0, 1], [5, 6])],
    ["two that overlap, and a third later", 2, spans([0, 3], [2, 4], [3.5, 5])],
    ["one that takes long and short ones within it", 3, spans([0, 100], [1, 9], [8, 12], [13, 14])],
    ["those that are still under way", 3, spans([0, undefined], [1, undefined], [50, 51])],
  ] as const) {
    it(`is ${most} for ${what}`, () => assert.equal(mostAtOnce(given), most));
  }

  it("does not mind in which order they come", () => {
    assert.equal(mostAtOnce(spans([10, 20], [0, 11], [19, 30], [5, 12])), 3);
  });
});
