import type { Backoff } from "./backoff.ts";
import { createBell } from "./bell.ts";
import type { Clock } from "./clock.ts";
import { sleep } from "./deadline.ts";
import type { Failure } from "./failure.ts";
import type { Gate, Obstacle } from "./gate.ts";
import type { Log } from "./log.ts";
import { slowAttemptMs, tryPolicies } from "./try-policy.ts";

/** What the gates of a process share. */
export interface RegistryGateDependencies {
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly log: Log;
  /** Registries that have throttled this process: they get one attempt at a time for good. The gate adds to it. */
  readonly throttledRegistries: Set<string>;
}

/**
 * The gate in front of one registry, for one round. Once the registry has throttled an attempt, all attempts for it wait
 * together, and then pass one at a time; after as many throttled attempts in a row as one entry gets, the gate
 * closes, so that a long list does not hammer a registry that has said no. A registry that lets attempts run into the
 * runtime's time limit, or the attempt's own, is narrowed to one at a time as well until one of its images is pulled, so
 * that it does not fill the pool.
 */
export function createRegistryGate(registry: string, dependencies: RegistryGateDependencies): Gate {
  const { clock, backoff, log, throttledRegistries } = dependencies;
  const { maxAttempts, delays } = tryPolicies.throttled;
  const bell = createBell();
  let inFlight = 0;
  let isSlow = false;
  let throttledInARow = 0;
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  let closedBy: Failure | undefined;

  // Attempts that were under way together were throttled together, and count once; each answer holds anew.
  const throttled = (failure: Failure, isNews: boolean) => {
    throttledRegistries.add(registry);
    if (isNews) throttledInARow += 1;
    if (throttledInARow >= maxAttempts) {
      const message = `${registry} has throttled ${maxAttempts} attempts in a row and is not asked again in this round: ${failure.message}`;
      closedBy = { reason: "throttled", message };
      log.warn({ registry }, "the registry throttles; it is left alone for this round");
      return;
    }
    const delayMs = backoff.delayBefore(throttledInARow, delays);
    heldUntilMs = Math.max(heldUntilMs, clock.nowMs() + delayMs);
    if (!isNews) return;
    log.warn({ registry, delayMs: Math.round(delayMs) }, "the registry throttles; all its images wait");
  };

  return {
    obstacle: (): Obstacle | undefined => {
      if (closedBy !== undefined) return { kind: "closed", failure: closedBy };
      const heldMs = heldUntilMs - clock.nowMs();
      if (heldMs > 0) return { kind: "wait", untilChanged: (signal) => sleep(clock, heldMs, signal) };
      const isNarrow = isSlow || throttledRegistries.has(registry);
      if (isNarrow && inFlight > 0) return { kind: "wait", untilChanged: bell.rung };
      return undefined;
    },
    enter: () => {
      inFlight += 1;
      const startMs = clock.nowMs();
      const throttledBefore = throttledInARow;
      return (answer) => {
        inFlight -= 1;
        // Those who wait ask again once this function has ended.
        bell.ring();
        if (answer?.kind === "pulled") {
          throttledInARow = 0;
          isSlow = false;
        } else if (answer?.failure.reason === "throttled") {
          throttled(answer.failure, throttledInARow === throttledBefore);
        } else if (answer !== undefined) {
          isSlow ||= ranIntoLimit(answer.failure, clock.nowMs() - startMs);
        }
      };
    },
  };
}

function ranIntoLimit({ reason }: Failure, attemptMs: number): boolean {
  return reason === "timed_out" || (reason === "unavailable" && attemptMs >= slowAttemptMs);
}
