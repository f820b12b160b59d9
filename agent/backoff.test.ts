import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBackoff, delayBeforeNextRound } from "./backoff.ts";

const bounds = { initialDelayMs: 1_000, maxDelayMs: 10_000 };
const least = () => 0;
const most = () => 1;

describe("createBackoff()", () => {
  it("doubles up to the maximum and stays there", () => {
    const delays = [1, 2, 3, 4, 5, 6, 5_000].map((tryNumber) =>
      createBackoff(most).delayBefore(tryNumber, bounds),
    );
    assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  });

  it("is never below half, however the jitter falls", () => {
    assert.equal(createBackoff(least).delayBefore(1, bounds), 500);
    assert.equal(createBackoff(least).delayBefore(9, bounds), 5_000);
  });

  it("is the maximum where the initial delay is above it", () => {
    assert.equal(createBackoff(most).delayBefore(1, { initialDelayMs: 60_000, maxDelayMs: 10_000 }), 10_000);
  });

  it("is multiplied as the process was told to, the maximum included", () => {
    const backoff = createBackoff(most, 0.1);
    assert.equal(backoff.delayBefore(2, bounds), 200);
    assert.equal(backoff.delayBefore(50, bounds), 1_000);
    assert.equal(backoff.scaled(30_000), 3_000);
  });
});

describe("delayBeforeNextRound()", () => {
  it("grows with the rounds where something may heal", () => {
    assert.equal(delayBeforeNextRound(1, ["not_found"], bounds, most), 1_000);
    assert.equal(delayBeforeNextRound(3, ["unauthorized", "unavailable"], bounds, most), 4_000);
  });

  it("is the longest at once where only permanent reasons are left", () => {
    const reasons = ["unauthorized", "signature", "no_platform", "invalid_reference"] as const;
    assert.equal(delayBeforeNextRound(1, reasons, bounds, most), 10_000);
    assert.equal(delayBeforeNextRound(1, reasons, bounds, least), 5_000);
    for (const reason of reasons) assert.equal(delayBeforeNextRound(1, [reason], bounds, most), 10_000);
  });

  it("does not take a round without a reason for a hopeless one", () => {
    assert.equal(delayBeforeNextRound(1, [], bounds, most), 1_000);
  });
});
