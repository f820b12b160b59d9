import type { Backoff } from "./backoff.ts";
import type { Failure, FailureReason } from "./failure.ts";
import { maxSlowAttempts, maxWaitMs, slowAttemptMs, tryPolicies } from "./try-policy.ts";

/** Keeps count of one entry's failed attempts within one round, and of what its waits come to. */
export interface Tries {
  /**
   * The wait before the next attempt, in milliseconds, or undefined where there is none: the reason's attempts are used up, or
   * the entry's time to wait. `attemptMs` is how long the failed attempt took.
   */
  delayAfter(failure: Failure, attemptMs: number): number | undefined;
  /** The longest that the entry may still wait for the runtime, in milliseconds. */
  remainingMs(): number;
  /** Counts a wait for the runtime. No scale shortens these: a restart takes the time that it takes. */
  waitedForRuntime(ms: number): void;
}

// These wait at a gate, together with all the others that the gate holds: it draws the delay, which is one of theirs.
const heldByGate: ReadonlySet<FailureReason> = new Set(["throttled", "no_space"]);

export function createTries(backoff: Backoff): Tries {
  const failedAttempts = new Map<FailureReason, number>();
  const scale = backoff.scaled(1);
  let slowAttempts = 0;
  let waitedMs = 0;
  return {
    delayAfter: ({ reason }, attemptMs) => {
      const { maxAttempts, delays } = tryPolicies[reason];
      const failed = (failedAttempts.get(reason) ?? 0) + 1;
      failedAttempts.set(reason, failed);
      if (reason === "unavailable" && attemptMs >= slowAttemptMs) slowAttempts += 1;
      if (failed >= maxAttempts || slowAttempts >= maxSlowAttempts) return undefined;
      const isHeld = heldByGate.has(reason);
      const delayMs = isHeld ? 0 : backoff.delayBefore(failed, delays);
      waitedMs += isHeld ? delays.maxDelayMs : delayMs / scale;
      return waitedMs > maxWaitMs ? undefined : delayMs;
    },
    remainingMs: () => Math.max(0, maxWaitMs - waitedMs),
    waitedForRuntime: (ms) => {
      waitedMs += ms;
    },
  };
}
