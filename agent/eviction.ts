// When what has vanished is not pulled again: whoever fights a node's garbage collection fills the disk, over and over.
import type { KeepState } from "./keep-state.ts";

/** What a look found that misses required images, which are meant by their `imageKey`. */
export interface Disappearance {
  readonly missing: readonly string[];
  readonly isUnderDiskPressure: boolean;
  /** Whether it is not time to pull yet. */
  readonly isHeld: boolean;
  /** Since 1970. */
  readonly nowMs: number;
  readonly intervalMs: number;
}

/** That what has vanished is left alone. */
export interface Eviction {
  /** A sentence. */
  readonly why: string;
  /** What was there and is gone, and is not pulled. */
  readonly left: ReadonlySet<string>;
  readonly evictions: number;
  readonly pullsFromMs: number;
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

/** The missing images that were there at the last look, or have been left alone since. */
export function lostOf({ there, left }: KeepState, missing: readonly string[]): readonly string[] {
  return missing.filter((key) => there?.has(key) === true || left.has(key));
}

/**
 * What is left to the garbage collection, and until when; undefined where what is missing is to be pulled. Each time in a row it is left for
 * twice as long, from one interval up to sixteen.
 */
export function evictionOf(state: KeepState, found: Disappearance): Eviction | undefined {
  const lost = lostOf(state, found.missing);
  const why = whyLeft(state, lost, found);
  if (why === undefined) return undefined;
  const left = new Set(lost);
  const { evictions, pullsFromMs } = state;
  if (found.isHeld && evictions > 0) return { why, left, evictions, pullsFromMs };
  const intervals = Math.min(2 ** evictions, mostIntervalsHeld);
  return {
    why,
    left,
    evictions: evictions + 1,
    // Half an interval less, so that the look that is due then finds it over.
    pullsFromMs: found.nowMs + Math.round((intervals - 0.5) * found.intervalMs),
  };
}

function whyLeft(state: KeepState, lost: readonly string[], found: Disappearance): string | undefined {
  // What never was there is the round's to report, whose disk guard knows DiskPressure too.
  if (lost.length === 0) return undefined;
  if (found.isUnderDiskPressure)
    return "the image was there and is gone, and the Node reports DiskPressure: to pull it again would only feed the garbage collection";
  if (found.isHeld && state.evictions > 0)
    return "the image was there and is gone, and it is not time to pull it again yet";
  const isAgain = lost.some((key) => {
    const returnedMs = state.there?.has(key) === true ? state.returned[key] : undefined;
    return returnedMs !== undefined && isFought(returnedMs, found.nowMs, found.intervalMs);
  });
  return isAgain
    ? `the image was pulled again and has vanished again within ${intervalsWatched} intervals: something on the node removes it`
    : undefined;
}
