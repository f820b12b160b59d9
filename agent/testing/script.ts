/**
 * A queue of scripted steps for each key, e.g. `PullImage nginx`. The last step stays for all further calls where it
 * was added by `always`; with an empty queue a fake does what the real thing would.
 */
export interface Script<Step> {
  /** Adds steps that are taken one after the other. */
  add(key: string, ...steps: readonly Step[]): void;
  /** The step of every call that finds the queue empty. */
  always(key: string, step: Step): void;
  /** Takes the next step for `key`. */
  next(key: string): Step | undefined;
}

export function createScript<Step>(): Script<Step> {
  const queues = new Map<string, Step[]>();
  const standing = new Map<string, Step>();
  return {
    add: (key, ...steps) => {
      queues.set(key, [...(queues.get(key) ?? []), ...steps]);
    },
    always: (key, step) => {
      standing.set(key, step);
    },
    next: (key) => queues.get(key)?.shift() ?? standing.get(key),
  };
}

/** Never resolves; rejects with the signal's reason when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
