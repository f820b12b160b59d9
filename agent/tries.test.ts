import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createBackoff } from "./backoff.ts";
import type { Failure, FailureReason } from "./failure.ts";
import { createTries } from "./tries.ts";
import { tryPolicies } from "./try-policy.ts";

const s = 1_000;
const least = () => 0;
const most = () => 1;

const failureWith = (reason: FailureReason): Failure => ({ reason, message: `it is ${reason}` });

/** The waits after failures for these reasons, one after the other, up to the one that is followed by none. */
function delaysAfter(
  reasons: Iterable<FailureReason>,
  { random = most, scale = 1, attemptMs = 0 } = {},
): readonly number[] {
  const tries = createTries(createBackoff(random, scale));
  const delays: number[] = [];
  for (const reason of reasons) {
    const delayMs = tries.delayAfter(failureWith(reason), attemptMs);
    if (delayMs === undefined) return delays;
    delays.push(delayMs);
  }
  assert.fail(`another attempt would follow after ${delays.length}`);
}

const always = (reason: FailureReason) => Array<FailureReason>(30).fill(reason);

describe("createTries()", () => {
  // What a gate holds (`throttled`, `no_space`) waits there and not here.
  const table: Readonly<Record<FailureReason, readonly (readonly [leastMs: number, mostMs: number])[]>> = {
    invalid_reference: [],
    no_platform: [],
    signature: [],
    evicted: [],
    internal: [],
    not_found: [
      [7.5 * s, 15 * s],
      [10 * s, 20 * s],
    ],
    unauthorized: [[20 * s, 40 * s]],
    throttled: [
      [0, 0],
      [0, 0],
    ],
    unavailable: [
      [0.5 * s, 1 * s],
      [1 * s, 2 * s],
      [2 * s, 4 * s],
      [4 * s, 8 * s],
    ],
    corrupt: [
      [2 * s, 4 * s],
      [4 * s, 8 * s],
    ],
    no_space: [[0, 0]],
    runtime_down: [
      [0.25 * s, 0.5 * s],
      [0.5 * s, 1 * s],
      [1 * s, 2 * s],
      [2 * s, 4 * s],
    ],
    timed_out: [[2.5 * s, 5 * s]],
    unknown: [
      [1 * s, 2 * s],
      [2 * s, 4 * s],
    ],
  };
  for (const [reason, delays] of Object.entries(table) as [FailureReason, [number, number][]][]) {
    it(`lets ${delays.length} attempts follow where it is always ${reason}, after the waits of its policy`, () => {
      const leastMs = delays.map(([ms]) => ms);
      const mostMs = delays.map(([, ms]) => ms);
      assert.deepEqual(delaysAfter(always(reason), { random: least }), leastMs);
      assert.deepEqual(delaysAfter(always(reason), { random: most }), mostMs);
    });
  }

  it("lets one attempt follow where a registry swallows them for 10 s each", () => {
    assert.deepEqual(delaysAfter(always("unavailable"), { attemptMs: 10 * s }), [1 * s]);
  });

  it("does not take quicker attempts for swallowed ones", () => {
    assert.equal(delaysAfter(always("unavailable"), { attemptMs: 9.999 * s }).length, 4);
  });

  it("counts swallowed attempts whatever came between, and only those that ended as unavailable", () => {
    const tries = createTries(createBackoff(most));
    const attempts: [FailureReason, number, number | undefined][] = [
      ["unavailable", 10 * s, 1 * s],
      ["corrupt", 600 * s, 4 * s],
      ["unavailable", 1 * s, 2 * s],
      ["unavailable", 30 * s, undefined],
    ];
    for (const [reason, attemptMs, delayMs] of attempts)
      assert.equal(tries.delayAfter(failureWith(reason), attemptMs), delayMs);
  });

  it("counts each reason by itself", () => {
    const reasons = ["unavailable", "corrupt", "unavailable", "corrupt", "signature"] as const;
    assert.deepEqual(delaysAfter(reasons), [1 * s, 4 * s, 2 * s, 8 * s]);
  });

  it("ends once all waits together would be longer than 180 s, whatever the reasons", () => {
    // 60 each at the gates, whatever they draw, then 40 and 15: the next 20 would make 195.
    const reasons = ["throttled", "no_space", "unauthorized", "not_found", "not_found", "corrupt"] as const;
    assert.deepEqual(delaysAfter(reasons), [0, 0, 40 * s, 15 * s]);
    assert.deepEqual(delaysAfter(["throttled", "throttled", "no_space", "corrupt"]), [0, 0, 0]);
  });

  it("has the same number of tries in any measure", () => {
    const reasons = ["throttled", "no_space", "unauthorized", "not_found", "not_found", "corrupt"] as const;
    assert.deepEqual(delaysAfter(reasons, { scale: 0.5 }), [0, 0, 20 * s, 7.5 * s]);
    assert.deepEqual(delaysAfter(reasons, { scale: 2 }), [0, 0, 80 * s, 30 * s]);
  });

  describe("with waits for the runtime", () => {
    it("has 180 s for them at first, and less by each wait for anything", () => {
      const tries = createTries(createBackoff(most));
      assert.equal(tries.remainingMs(), 180 * s);
      tries.waitedForRuntime(100 * s);
      assert.equal(tries.remainingMs(), 80 * s);
      tries.delayAfter(failureWith("throttled"), 0);
      tries.delayAfter(failureWith("unavailable"), 0);
      assert.equal(tries.remainingMs(), 19 * s);
    });

    it("lets no further attempt follow where they have taken the time", () => {
      const tries = createTries(createBackoff(most));
      tries.waitedForRuntime(141 * s);
      assert.equal(tries.delayAfter(failureWith("unauthorized"), 0), undefined);
      assert.equal(tries.remainingMs(), 0);
    });

    it("counts them in full where the other waits are scaled", () => {
      const tries = createTries(createBackoff(most, 0.1));
      tries.waitedForRuntime(100 * s);
      assert.equal(tries.delayAfter(failureWith("unauthorized"), 0), 4 * s);
      assert.equal(tries.remainingMs(), 40 * s);
    });
  });

  it("ends after 20 attempts at most, and waits 180 s at most, whatever mix of reasons comes", () => {
    const reasons = fc.constantFrom(...(Object.keys(tryPolicies) as FailureReason[]));
    const attempt = fc.record({ reason: reasons, attemptMs: fc.integer({ min: 0, max: 60 * s }) });
    const endless = fc.infiniteStream(attempt);
    fc.assert(
      fc.property(
        endless,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (attempts, draws) => {
          const tries = createTries(createBackoff(() => draws.next().value ?? 0));
          let attemptCount = 0;
          let waitedMs = 0;
          for (const { reason, attemptMs } of attempts) {
            attemptCount += 1;
            assert.ok(attemptCount <= 20);
            const delayMs = tries.delayAfter(failureWith(reason), attemptMs);
            if (delayMs === undefined) return;
            const { maxDelayMs } = tryPolicies[reason].delays;
            waitedMs += reason === "throttled" || reason === "no_space" ? maxDelayMs : delayMs;
            assert.ok(waitedMs <= 180 * s);
          }
        },
      ),
    );
  });
});
