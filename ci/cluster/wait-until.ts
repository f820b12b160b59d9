import { setTimeout as sleep } from "node:timers/promises";

/**
 * Returns once `isTrue` is; asks again every `everyMs` (default 100 ms) and throws "NAME: not in N s" at the end of
 * `timeoutMs`, with the last error, if any, as its cause.
 */
export async function waitUntil(
  what: string,
  timeoutMs: number,
  isTrue: () => Promise<boolean> | boolean,
  everyMs = 100,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      if (await isTrue()) return;
    } catch (error) {
      // What is still starting refuses; only the last refusal is of interest.
      cause = error;
    }
    await sleep(everyMs);
  } while (performance.now() < endMs);
  throw new Error(`${what}: not within ${timeoutMs / 1000} s`, { cause });
}
