import { createBackoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { sleep } from "../deadline.ts";
import { KubeError } from "../kube-error.ts";
import type { Ask } from "./ask.ts";
import { mayPass } from "./ask-again.ts";

const maxTries = 3;

const bounds = { initialDelayMs: 500, maxDelayMs: 5_000 };

// The API server forgets after some minutes where a list goes on.
const longestRetryAfterMs = 30_000;

/**
 * Asks up to three times for what a list goes on with, where the API server is busy or away for a moment, and waits as long as it asks for, up
 * to half a minute: the pages before it would have to be read again. A first page is asked for once.
 */
export function createAskPageAgain(ask: Ask, clock: Clock, random: () => number): Ask {
  const backoff = createBackoff(random);
  return async (question, signal) => {
    const tries = question.query?.continue === undefined ? 1 : maxTries;
    for (let tryNumber = 1; ; tryNumber += 1) {
      try {
        return await ask(question, signal);
      } catch (error) {
        if (tryNumber === tries) throw error;
        const delayMs = Math.max(backoff.delayBefore(tryNumber, bounds), askedForBy(error));
        await sleep(clock, delayMs, signal);
      }
    }
  };
}

/** The wait that the API server asked for, in milliseconds; throws an error that will not pass. */
function askedForBy(error: unknown): number {
  if (!(error instanceof KubeError) || !mayPass(error)) throw error;
  return Math.min(error.retryAfterMs ?? 0, longestRetryAfterMs);
}
