/** Calls that those who ask for the same while one is under way have in common. */
export interface SharedCalls<Result> {
  /**
   * What the call under `key` comes to; `start` begins it where none is under way. Rejects with the signal's reason as soon as the
   * signal aborts. The call goes on for those who still wait; its own signal aborts with the last of them.
   */
  join(key: string, start: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

interface Call<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  waiterCount: number;
}

/** No call is under way yet. */
export function createSharedCalls<Result>(): SharedCalls<Result> {
  const calls = new Map<string, Call<Result>>();
  const remove = (key: string, call: Call<Result>) => {
    if (calls.get(key) === call) calls.delete(key);
  };
  const begin = (key: string, start: (signal: AbortSignal) => Promise<Result>): Call<Result> => {
    const controller = new AbortController();
    const call = { result: start(controller.signal), controller, waiterCount: 0 };
    calls.set(key, call);
    const end = () => remove(key, call);
    call.result.then(end, end);
    return call;
  };
  return {
    join: (key, start, signal) =>
      new Promise<Result>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const call = calls.get(key) ?? begin(key, start);
        call.waiterCount += 1;
        const leave = () => {
          reject(signal.reason);
          call.waiterCount -= 1;
          if (call.waiterCount > 0) return;
          // Whoever asks from now on would only get the end of this one.
          remove(key, call);
          call.controller.abort(signal.reason);
        };
        const stay = () => signal.removeEventListener("abort", leave);
        signal.addEventListener("abort", leave, { once: true });
        call.result.then(resolve, reject).finally(stay);
      }),
  };
}
