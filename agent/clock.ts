import { performance } from "node:perf_hooks";

/** Time as the agent knows it; tests give their own. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward; only differences mean something. */
  nowMs(): number;
  /** The wall clock, for what people read. No wait and no deadline depends on it. */
  date(): Date;
  /** Calls `callback` once after `delayMs` (at most 2^31 - 1); the returned function calls it off. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The real time of this machine. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  date: () => new Date(),
  after: (delayMs, callback) => {
    let turn: NodeJS.Immediate | undefined;
    // After one turn of I/O: on a node without a free CPU the answer may lie in the socket by now, and timers come first.
    const timer = setTimeout(() => {
      turn = setImmediate(callback);
    }, delayMs);
    return () => {
      clearTimeout(timer);
      clearImmediate(turn);
    };
  },
};
