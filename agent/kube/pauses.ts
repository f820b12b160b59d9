import { createBackoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { KubeError } from "../kube-error.ts";
import { rightsLagMs } from "./ask-again.ts";

/** How long whoever follows a list pauses after an interruption. */
export interface Pauses {
  /** Says that the list has come: what goes well from now on for a minute ends the run of failures. */
  listed(): void;
  /** Says that a watch was let in: a refusal that comes now is the first of its run. */
  watching(): void;
  /**
   * How long to wait after this failure, in milliseconds: growing from half a second to half a minute, longer where the API server asks for
   * it. Throws the error itself where login or rights have been refused for ten seconds, and neither did anything else happen nor
   * was a watch let in; a list may be let in where its watch is not.
   */
  after(error: KubeError): number;
}

const bounds = { initialDelayMs: 500, maxDelayMs: 30_000 };

// Else a server that lists, and breaks each watch at once, would have to list everything twice a second.
const runEndsAfterMs = 60_000;

// A date further off is a clock that is wrong.
const longestRetryAfterMs = 10 * 60_000;

export function createPauses(clock: Clock, random: () => number): Pauses {
  const backoff = createBackoff(random);
  let failures = 0;
  let refusedSinceMs: number | undefined;
  let listedMs: number | undefined;
  return {
    listed: () => {
      listedMs = clock.nowMs();
    },
    watching: () => {
      refusedSinceMs = undefined;
    },
    after: (error) => {
      const nowMs = clock.nowMs();
      const wentWell = listedMs !== undefined && nowMs - listedMs >= runEndsAfterMs;
      listedMs = undefined;
      failures = wentWell ? 1 : failures + 1;
      const delayMs = backoff.delayBefore(failures, bounds);
      if (isRefusal(error)) {
        refusedSinceMs = wentWell ? nowMs : (refusedSinceMs ?? nowMs);
        if (nowMs + delayMs - refusedSinceMs > rightsLagMs) throw error;
      } else refusedSinceMs = undefined;
      return Math.max(delayMs, Math.min(error.retryAfterMs ?? 0, longestRetryAfterMs));
    },
  };
}

function isRefusal({ status }: KubeError): boolean {
  return status === 401 || status === 403;
}
