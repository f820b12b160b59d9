// When what has vanished is not pulled again: whoever fights a node's garbage collection fills the disk, over and over.
import type { KeepState } from "./keep-state.ts";

/** What a look found missing; images are meant by their `imageKey`. */
export interface Disappearance {
  readonly missing: ReadonlySet<string>;
  /** Those of the missing ones of which the runtime did not say that they are absent. */
  readonly silent: ReadonlySet<string>;
  readonly isUnderDiskPressure: boolean;
  /** Since 1970. */
  readonly nowMs: number;
  readonly intervalMs: number;
}

/** What of it is left alone, with the state that comes of that; nothing where both maps are empty. */
export interface Eviction extends Pick<KeepState, "leftUntilMs" | "evictions"> {
  /** Why each is left alone: a sentence. */
  readonly why: ReadonlyMap<string, string>;
  /** Those that were not left alone until now, or whose time to be pulled had come. */
  readonly newlyLeft: ReadonlySet<string>;
}

// Within so many intervals of its return an image that vanishes again is one that something removes.
const intervalsWatched = 3;

// The kubelet collects images every 5 minutes: three of its turns, where three intervals are less.
const leastWatchedMs = 15 * 60_000;

// The longest that is waited before the next try, in intervals.
const mostIntervalsHeld = 16;

/** Whether an image that came back at `returnedMs` and vanishes at `nowMs` would be fought for. */
export function isFought(returnedMs: number, nowMs: number, intervalMs: number): boolean {
  const sinceMs = nowMs - returnedMs;
  // Less than nothing has passed where somebody set the clock.
  return sinceMs >= 0 && sinceMs < Math.max(intervalsWatched * intervalMs, leastWatchedMs);
}

/** Whether the image was there before, or has been left alone since it was. */
export function isLost({ there, leftUntilMs }: KeepState, imageKey: string): boolean {
  return there?.has(imageKey) === true || leftUntilMs.has(imageKey);
}

/**
 * What is left to the garbage collection, and until when, each image for itself: what it would be fought for, and under DiskPressure whatever was
 * there. Each time in a row an image is left for twice as long, from one interval up to sixteen.
 */
export function evictionOf(state: KeepState, found: Disappearance): Eviction {
  const left = [...found.missing].flatMap((key) => {
    const leaving = leavingOf(key, state, found);
    return leaving === undefined ? [] : [[key, leaving] as const];
  });
  const evictions = left.map(([key, { times }]) => [key, times] as const);
  return {
    leftUntilMs: new Map(left.map(([key, { untilMs }]) => [key, untilMs])),
    evictions: new Map([...state.evictions, ...evictions]),
    why: new Map(left.map(([key, { why }]) => [key, why])),
    newlyLeft: new Set(left.filter(([, { isNew }]) => isNew).map(([key]) => key)),
  };
}

interface Leaving {
  readonly untilMs: number;
  readonly times: number;
  readonly why: string;
  readonly isNew: boolean;
}

function leavingOf(key: string, state: KeepState, found: Disappearance): Leaving | undefined {
  const { nowMs, intervalMs } = found;
  const times = state.evictions.get(key) ?? 0;
  const untilMs = state.leftUntilMs.get(key) ?? 0;
  // A time further off than any wait is of a clock that somebody has set since.
  if (untilMs > nowMs && untilMs - nowMs <= mostIntervalsHeld * intervalMs)
    return { untilMs, times, why: notYet, isNew: false };
  const why = whyLeft(key, state, found);
  if (why === undefined) return undefined;
  const intervals = Math.min(2 ** times, mostIntervalsHeld);
  // Half an interval less, so that the look that is due then finds it over.
  const heldMs = Math.round((intervals - 0.5) * intervalMs);
  return { untilMs: nowMs + heldMs, times: times + 1, why, isNew: true };
}

const notYet = "the image was there and is gone, and it is not time to pull it again yet";

function whyLeft(key: string, state: KeepState, found: Disappearance): string | undefined {
  // What never was there is the round's to report, whose disk guard knows DiskPressure too.
  if (!isLost(state, key) || found.silent.has(key)) return undefined;
  if (found.isUnderDiskPressure)
    return "the image was there and is gone, and the Node reports DiskPressure: to pull it again would only feed the garbage collection";
  const returnedMs = state.there?.has(key) === true ? state.returned.get(key) : undefined;
  return returnedMs !== undefined && isFought(returnedMs, found.nowMs, found.intervalMs)
    ? "the image was pulled again and has vanished again soon after: something on the node removes it"
    : undefined;
}
