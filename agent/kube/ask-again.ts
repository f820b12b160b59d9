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
 * it is a 401 or 403; then it throws what came last, and at once what lasts. Only for questions that may be asked twice. `onTrouble` is
 * told what makes it take up to half a minute.
 */
export function createAskAgain(
  ask: Ask,
  clock: Clock,
  random: () => number,
  onTrouble: (error: KubeError) => void = () => {},
): Ask {
  const backoff = createBackoff(random);
  const tellOf = (error: unknown) => {
    if (error instanceof KubeError && mayPass(error)) onTrouble(error);
  };
  return async (question, signal) => {
    const startMs = clock.nowMs();
    for (let tryNumber = 1; ; tryNumber += 1) {
      try {
        return await ask(question, signal);
      } catch (error) {
        const delayMs = backoff.delayBefore(tryNumber, bounds);
        if (clock.nowMs() + delayMs - startMs > patienceFor(error)) throw error;
        tellOf(error);
        await sleep(clock, delayMs, signal);
      }
    }
  };
}

/** Has `tell` say, the first time alone, what is in the way, and for how long it is tried. */
export function createFirstTrouble(tell: (line: string) => void): (error: KubeError) => void {
  let wasTold = false;
  return ({ message }) => {
    if (!wasTold) tell(`${message}; trying for up to ${patienceMs / 1000} s`);
    wasTold = true;
  };
}

/** How long a question is asked that comes to this; not at all where it is a fault. */
function patienceFor(error: unknown): number {
  if (!(error instanceof KubeError)) return 0;
  if (mayPass(error)) return patienceMs;
  return error.status === 401 || error.status === 403 ? rightsLagMs : 0;
}

/** Whether it is an API server that is busy, or away for a moment. */
export function mayPass({ status, lasting }: KubeError): boolean {
  return lasting === undefined && (status === undefined || status === 429 || status >= 500);
}
