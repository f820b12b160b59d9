import type { Clock } from "./clock.ts";

/** Why a deadline's signal aborted, where the deadline itself was the cause. */
export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
}

/** An instant that ends whatever takes its signal. Dispose of it where it was made: it holds a timer and a listener. */
export interface Deadline extends Disposable {
  /** Aborts with `DeadlinePassed` at the instant, or with the parent's reason as soon as the parent aborts. */
  readonly signal: AbortSignal;
  /** Milliseconds until the instant; 0 once it has passed. */
  remainingMs(): number;
}

/** A deadline `lengthMs` from now that also ends with `parent`. */
export function createDeadline(clock: Clock, lengthMs: number, parent: AbortSignal): Deadline {
  const controller = new AbortController();
  const endMs = clock.nowMs() + lengthMs;
  const callOff = clock.after(lengthMs, () =>
    controller.abort(new DeadlinePassed("the deadline has passed")),
  );
  const follow = () => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, endMs - clock.nowMs()),
    [Symbol.dispose]: () => {
      callOff();
      parent.removeEventListener("abort", follow);
    },
  };
}

/** Resolves after `delayMs`; rejects with the signal's reason as soon as the signal aborts. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const wake = () => {
      callOff();
      reject(signal.reason);
    };
    const callOff = clock.after(delayMs, () => {
      signal.removeEventListener("abort", wake);
      resolve();
    });
    signal.addEventListener("abort", wake, { once: true });
  });
}

/** Rejects with the signal's reason when it aborts. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
