import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBackoff } from "./backoff.ts";
import type { FailureReason } from "./failure.ts";
import { maxSlowAttempts, maxWaitMs, slowAttemptMs, tryPolicies } from "./try-policy.ts";

const s = 1_000;

/** The waits of an entry that fails for this reason again and again. */
function waitsFor(reason: FailureReason, random: () => number): readonly number[] {
  const { maxAttempts, delays } = tryPolicies[reason];
  const backoff = createBackoff(random);
  return Array.from({ length: maxAttempts - 1 }, (_, index) => backoff.delayBefore(index + 1, delays));
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const longestFor = (reason: FailureReason) => sum(waitsFor(reason, () => 1));

describe("tryPolicies", () => {
  const reasons = Object.keys(tryPolicies) as FailureReason[];

  it("ends each reason by itself within an entry's time to wait", () => {
    for (const reason of reasons) assert.ok(longestFor(reason) <= maxWaitMs, reason);
  });

  it("is done with a missing tag within 60 s of the others", () => {
    assert.ok(longestFor("not_found") <= 60 * s);
  });

  it("asks a throttling registry again after 20 to 60 s, never sooner", () => {
    for (const random of [() => 0, () => 1])
      for (const ms of waitsFor("throttled", random)) assert.ok(ms >= 20 * s && ms <= 60 * s);
    assert.equal(tryPolicies.throttled.maxAttempts, 3);
  });

  it("gives the kubelet half a minute at least before the one late try at a full disk", () => {
    assert.deepEqual(
      waitsFor("no_space", () => 0),
      [30 * s],
    );
    assert.deepEqual(
      waitsFor("no_space", () => 1),
      [60 * s],
    );
  });

  it("gives a credential that is being rotated 20 s at least, and tries no third time", () => {
    assert.deepEqual(
      waitsFor("unauthorized", () => 0),
      [20 * s],
    );
  });

  it("is done with a registry that refuses connections within 3 minutes, waits and all", () => {
    assert.ok(longestFor("unavailable") <= 60 * s);
  });

  it("takes an attempt of 10 s for one that the runtime's time limit ended, and allows two", () => {
    assert.deepEqual([slowAttemptMs, maxSlowAttempts], [10 * s, 2]);
  });

  it("allows three minutes of waiting for an entry", () => {
    assert.equal(maxWaitMs, 180 * s);
  });
});
