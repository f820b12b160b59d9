import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ageOf } from "./age.ts";

const now = new Date("2026-11-23T02:20:00Z");
const day = 24 * 60 * 60;

describe("ageOf()", () => {
  const ages: readonly (readonly [seconds: number, age: string])[] = [
    [0, "0s"],
    [0.9, "0s"],
    [1, "1s"],
    [119, "119s"],
    [120, "2m"],
    [121, "2m1s"],
    [599, "9m59s"],
    [600, "10m"],
    [659, "10m"],
    [3 * 3600 - 1, "179m"],
    [3 * 3600, "3h"],
    [3 * 3600 + 60, "3h1m"],
    [8 * 3600 - 1, "7h59m"],
    [8 * 3600 + 60, "8h"],
    [2 * day - 1, "47h"],
    [2 * day, "2d"],
    [2 * day + 4 * 3600, "2d4h"],
    [8 * day - 1, "7d23h"],
    [8 * day + 3600, "8d"],
    [730 * day - 1, "729d"],
    [730 * day, "2y"],
    [731 * day, "2y1d"],
    [8 * 365 * day - 1, "7y364d"],
    [8 * 365 * day + 30 * day, "8y"],
  ];
  for (const [seconds, age] of ages) {
    it(`has ${seconds} s as ${age}`, () =>
      assert.equal(ageOf(new Date(now.getTime() - seconds * 1_000).toISOString(), now), age));
  }

  it("has 0s for a time to come, as of a clock that goes ahead", () =>
    assert.equal(ageOf("2026-11-23T02:25:00Z", now), "0s"));

  it("reads any offset", () => assert.equal(ageOf("2026-11-23T04:17:00+02:00", now), "3m"));
});
