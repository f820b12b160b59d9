import type { Clock } from "../clock.ts";
import { replaceFile } from "./replace-file.ts";

/** A file that is written anew now and then, and is whole at any time. */
export interface PageFile {
  /** Aborts where it could not be written the first time, with an Error that says so. */
  readonly failed: AbortSignal;
  /** Has the file hold this text: now, or five seconds after the last time, unless another one is offered until then. */
  offer(text: () => string): void;
  /** Writes what is still to be written; returns a sentence where the file could not be written the first time. */
  finish(): string | undefined;
}

// A browser that shows it need not be told more often.
const leastMsBetween = 5_000;

/** The file at `path`; nothing is written before the first text. A later one that cannot be written is told of once, by `tell`. */
export function createPageFile(path: string, clock: Clock, tell: (problem: string) => void): PageFile {
  const failure = new AbortController();
  let newest: (() => string) | undefined;
  let notBeforeMs = clock.nowMs();
  let callOff: (() => void) | undefined;
  let isThere = false;
  let isTold = false;

  const put = (text: string) => {
    try {
      replaceFile(path, text);
      isThere = true;
    } catch (error) {
      const problem = `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      if (!isThere) failure.abort(new Error(problem, { cause: error }));
      else if (!isTold) tell(problem);
      isTold = true;
    }
  };
  const write = () => {
    callOff?.();
    callOff = undefined;
    if (newest === undefined || failure.signal.aborted) return;
    const text = newest();
    newest = undefined;
    notBeforeMs = clock.nowMs() + leastMsBetween;
    put(text);
  };
  return {
    failed: failure.signal,
    offer: (text) => {
      newest = text;
      callOff ??= clock.after(Math.max(0, notBeforeMs - clock.nowMs()), write);
    },
    finish: () => {
      write();
      return failure.signal.aborted ? (failure.signal.reason as Error).message : undefined;
    },
  };
}
