import { createBackoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { sleep } from "../deadline.ts";
import { KubeError } from "../kube-error.ts";
import type { Ask } from "./ask.ts";

// How long an API server may be busy, or away, before somebody is told.
const patienceMs = 30_000;

// How long rights that were granted a moment ago may take to be known; Helm makes a hook's just before its pod.
export const rightsLagMs = 10_000;

const bounds = { initialDelayMs: 500, maxDelayMs: 5_000 };

/**
 * Asks again, for up to half a minute, where there was no answer or one that says to come back later, and for up to ten seconds where
 * it is a 401 or 403; then it throws what came last. Only for questions that may be asked twice.
 */
export function createAskAgain(ask: Ask, clock: Clock, random: () => number): Ask {
  const backoff = createBackoff(random);
  return async (question, signal) => {
    const startMs = clock.nowMs();
    for (let tryNumber = 1; ; tryNumber += 1) {
      try {
        return await ask(question, signal);
      } catch (error) {
        const delayMs = backoff.delayBefore(tryNumber, bounds);
        if (!(error instanceof KubeError)) throw error;
        if (clock.nowMs() + delayMs - startMs > patienceFor(error)) throw error;
        await sleep(clock, delayMs, signal);
      }
    }
  };
}

/** How long a question is asked that comes to this. */
function patienceFor({ status }: KubeError): number {
  if (status === undefined || status === 429 || status >= 500) return patienceMs;
  return status === 401 || status === 403 ? rightsLagMs : 0;
}
