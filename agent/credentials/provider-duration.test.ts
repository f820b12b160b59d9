import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { cpuMsOf } from "../testing/cpu-time.ts";
import { msFromGoDuration } from "./provider-duration.ts";

describe("msFromGoDuration()", () => {
  const durations: readonly [text: string, ms: number][] = [
    ["12h", 43_200_000],
    ["12h0m0s", 43_200_000],
    ["1m2.5s", 62_500],
    ["0s", 0],
    ["0", 0],
    [".5s", 500],
    ["5.s", 5_000],
    ["1500ms", 1_500],
    ["250us", 0.25],
    ["250µs", 0.25],
    ["250μs", 0.25],
    ["4000000ns", 4],
    ["-1s", -1_000],
    ["+1s", 1_000],
    ["2160h", 7_776_000_000],
  ];
  for (const [text, ms] of durations) {
    it(`reads ${text}`, () => assert.ok(Math.abs((msFromGoDuration(text) ?? Number.NaN) - ms) < 1e-9));
  }

  const others = ["", "12", "12 h", "h", "1d", "1H", "s1", ".s", "1.2.3s", "--1s", "1s ", "1e3s", "0x1s"];
  for (const text of [...others, `${"9".repeat(400)}h`, "2562048h"]) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => assert.equal(msFromGoDuration(text), undefined));
  }

  it("refuses a megabyte of digits in less than a second", () => {
    const text = "1".repeat(1024 * 1024);
    assert.ok(cpuMsOf(() => assert.equal(msFromGoDuration(text), undefined)) < 1_000);
  });

  it("adds up whatever hours, minutes and seconds there are", () => {
    const part = fc.nat({ max: 10_000 });
    fc.assert(
      fc.property(part, part, part, (h, m, s) => {
        assert.equal(msFromGoDuration(`${h}h${m}m${s}s`), ((h * 60 + m) * 60 + s) * 1_000);
      }),
    );
  });
});
