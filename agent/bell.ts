/** Wakes those who wait for something to change. */
export interface Bell {
  /** Resolves when the bell is next rung; rejects with the signal's reason as soon as the signal aborts. */
  rung(signal: AbortSignal): Promise<void>;
  ring(): void;
}

export function createBell(): Bell {
  let waiting = new Set<() => void>();
  return {
    rung: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const giveUp = () => {
          waiting.delete(wake);
          reject(signal.reason);
        };
        const wake = () => {
          signal.removeEventListener("abort", giveUp);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", giveUp, { once: true });
      }),
    ring: () => {
      const woken = waiting;
      waiting = new Set();
      for (const wake of woken) wake();
    },
  };
}
