import pLimit from "p-limit";

/** Runs tasks, at most so many at once, in the order they came. */
export interface Pool {
  /** What `task` comes to. A task that waits for its turn starts nothing once `signal` has aborted: it rejects then. */
  run<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

/** A pool of `concurrency` slots (a whole number from 1 up). */
export function createPool(concurrency: number): Pool {
  const limit = pLimit(concurrency);
  return {
    run: (task, signal) =>
      limit(() => {
        signal.throwIfAborted();
        return task();
      }),
  };
}
