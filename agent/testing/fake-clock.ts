import { setImmediate } from "node:timers/promises";
import type { Clock } from "../clock.ts";

/** A clock that stands still until a test steps it. */
export interface FakeClock extends Clock {
  /** Lets `ms` pass: what falls due runs in the order of its instant, and promises settle after each. */
  advance(ms: number): Promise<void>;
  /** What `promise` comes to, letting time pass from one due callback to the next until it settles. */
  finish<Result>(promise: Promise<Result>): Promise<Result>;
  /** How many callbacks are not due yet: what a test expects to be 0 once all is cleaned up. */
  pendingCount(): number;
  /** Sets the wall clock, and only that, as an administrator or NTP would. */
  setDate(date: Date): void;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that begins at 0, on 2 January 2026. */
export function createFakeClock(): FakeClock {
  let timeMs = 0;
  let dateAtZeroMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  const timers = new Set<Timer>();

  const nextTimer = (): Timer | undefined =>
    [...timers].reduce<Timer | undefined>(
      (first, timer) => (first === undefined || timer.dueMs < first.dueMs ? timer : first),
      undefined,
    );
  const fire = async (timer: Timer) => {
    timeMs = Math.max(timeMs, timer.dueMs);
    timers.delete(timer);
    timer.callback();
    await settle();
  };

  return {
    nowMs: () => timeMs,
    date: () => new Date(dateAtZeroMs + timeMs),
    setDate: (date) => {
      dateAtZeroMs = date.getTime() - timeMs;
    },
    after: (delayMs, callback) => {
      // Node.js fires such a timer at once.
      if (delayMs > 2 ** 31 - 1) throw new RangeError(`no timer takes ${delayMs} ms`);
      const timer = { dueMs: timeMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: async (ms) => {
      const endMs = timeMs + ms;
      await settle();
      for (let timer = nextTimer(); timer !== undefined && timer.dueMs <= endMs; timer = nextTimer())
        await fire(timer);
      timeMs = endMs;
    },
    finish: async (promise) => {
      let isSettled = false;
      const settled = () => {
        isSettled = true;
      };
      promise.then(settled, settled);
      for (await settle(); !isSettled; ) {
        const timer = nextTimer();
        if (timer === undefined) throw new Error("nothing is due any more, and the promise has not settled");
        await fire(timer);
      }
      return promise;
    },
    pendingCount: () => timers.size,
  };
}

/** One turn of the event loop runs every promise callback that is due; two let a callback's own follow-ups start. */
async function settle(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
