// When what has vanished is not pulled again: whoever fights a node's garbage collection fills the disk, over and over.
import type { KeepState } from "./keep-state.ts";

/** What a look found that misses required images. */
export interface Disappearance {
  /** What was there at the last look, by `imageKey`. */
  readonly vanished: readonly string[];
  readonly isUnderDiskPressure: boolean;
  /** Whether it is not time to pull yet. */
  readonly isHeld: boolean;
  /** Since 1970. */
  readonly nowMs: number;
  readonly intervalMs: number;
}

// Within so many intervals of its return an image that vanishes again is one that something removes.
const intervalsWatched = 3;

// The longest that is waited before the next try, in intervals.
const mostIntervalsHeld = 16;

/** Whether an image that came back at `returnedMs` and vanishes at `nowMs` would be fought for. */
export function isFought(returnedMs: number, nowMs: number, intervalMs: number): boolean {
  const sinceMs = nowMs - returnedMs;
  // Less than nothing has passed where somebody set the clock.
  return sinceMs >= 0 && sinceMs < intervalsWatched * intervalMs;
}

/** The longest that what is missing is left for before the next try, in milliseconds. */
export function longestHeldMs(intervalMs: number): number {
  return mostIntervalsHeld * intervalMs;
}

/**
 * Why what is missing is left to the garbage collection, as a sentence, and the state after that; undefined where it is to be pulled. Each time
 * in a row it is left for twice as long, from one interval up to sixteen.
 */
export function withEviction(
  state: KeepState,
  found: Disappearance,
): { readonly why: string; readonly state: KeepState } | undefined {
  const why = whyLeft(state, found);
  if (why === undefined) return undefined;
  const left = { ...state, wasWhole: false };
  if (found.isHeld && state.evictions > 0) return { why, state: left };
  const evictions = state.evictions + 1;
  const intervals = Math.min(2 ** (evictions - 1), mostIntervalsHeld);
  // Half an interval less, so that the look that is due then finds it over.
  const pullsFromMs = found.nowMs + Math.round((intervals - 0.5) * found.intervalMs);
  return { why, state: { ...left, evictions, pullsFromMs } };
}

function whyLeft(state: KeepState, found: Disappearance): string | undefined {
  const { vanished, isUnderDiskPressure, isHeld, nowMs, intervalMs } = found;
  // What never was there is the round's to report, whose disk guard knows DiskPressure too.
  if (vanished.length === 0 && state.evictions === 0) return undefined;
  if (isUnderDiskPressure)
    return "the image was there and is gone, and the Node reports DiskPressure: to pull it again would only feed the garbage collection";
  if (isHeld && state.evictions > 0)
    return "the image was there and is gone, and it is not time to pull it again yet";
  const again = vanished.some((key) => {
    const returnedMs = state.returned[key];
    return returnedMs !== undefined && isFought(returnedMs, nowMs, intervalMs);
  });
  return again
    ? `the image was pulled again and has vanished again within ${intervalsWatched} intervals: something on the node removes it`
    : undefined;
}
