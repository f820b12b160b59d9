import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { msFromDuration } from "./duration.ts";

describe("msFromDuration()", () => {
  const durations: readonly [text: string, ms: number][] = [
    ["500ms", 500],
    ["2s", 2_000],
    ["60m", 3_600_000],
    ["1h30m", 5_400_000],
    ["1h1m1s1ms", 3_661_001],
    ["0s", 0],
    ["596h", 2_145_600_000],
  ];
  for (const [text, ms] of durations) {
    it(`reads ${text} as ${ms} ms`, () => assert.equal(msFromDuration(text), ms));
  }

  const others = [
    "",
    "5",
    "s",
    "1.5s",
    "-1s",
    "+1s",
    "1 s",
    "1d",
    "1us",
    "1S",
    "1h 30m",
    "1s\n",
    "٣s",
    "1e3s",
  ];
  for (const text of others) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(msFromDuration(text), undefined));
  }

  it("takes the longest that a timer can wait, and refuses a millisecond more", () => {
    assert.equal(msFromDuration("2147483647ms"), 2_147_483_647);
    assert.equal(msFromDuration("2147483648ms"), undefined);
    assert.equal(msFromDuration(`${"9".repeat(400)}h`), undefined);
  });
});
