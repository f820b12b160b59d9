import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../clock.ts";
import { sleep } from "../../deadline.ts";

/** What is asked for again and again while something is to be explained, since it is not followed. */
export interface Asking<Answer> {
  /** The last answer; undefined where nothing is to be explained, or before the first. */
  answer(): Answer | undefined;
  /** Begins to ask, if something is to be explained and nobody asks yet. */
  begin(): void;
}

/** When it is asked, and how. */
export interface AskingOptions<Answer> {
  readonly isNeeded: () => boolean;
  readonly ask: () => Promise<Answer>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Says that the answer is another. */
  readonly changed: () => void;
  /** Lets work go on beside all else. */
  readonly run: (work: Promise<void>) => void;
}

// Warnings come in growing steps.
const againMs = 10_000;

/** Asks at once, then every 10 s while there is need; never more often, however often there is need anew. */
export function createAsking<Answer>(options: AskingOptions<Answer>): Asking<Answer> {
  const { isNeeded, ask, clock, signal, changed, run } = options;
  let answer: Answer | undefined;
  let isAsking = false;
  const askWhileNeeded = async () => {
    while (isNeeded()) {
      const before = answer;
      answer = await ask();
      if (!isDeepStrictEqual(answer, before)) changed();
      await sleep(clock, againMs, signal);
    }
    answer = undefined;
    isAsking = false;
  };
  return {
    answer: () => (isNeeded() ? answer : undefined),
    begin: () => {
      if (isAsking || !isNeeded()) return;
      isAsking = true;
      run(askWhileNeeded());
    },
  };
}
