import type { FailureReason } from "./failure.ts";
import { isPermanent } from "./failure.ts";

/** The bounds of a growing delay, in milliseconds. */
export interface BackoffBounds {
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * The delay before try `tryNumber` (the first wait has number 1): the initial delay doubled for each earlier wait,
 * at most the maximum, half of it fixed and half of it drawn by `random` (0 up to 1), so that nodes that failed
 * together do not come back together.
 */
export function delayBefore(tryNumber: number, bounds: BackoffBounds, random: () => number): number {
  const full = Math.min(bounds.initialDelayMs * 2 ** (tryNumber - 1), bounds.maxDelayMs);
  return full / 2 + (full / 2) * random();
}

/**
 * The delay before the next round, after `roundNumber` rounds. Where only permanent reasons are left it is the
 * longest at once: a new list, image or credential comes with a new pod, not with time.
 */
export function delayBeforeNextRound(
  roundNumber: number,
  reasons: readonly FailureReason[],
  bounds: BackoffBounds,
  random: () => number,
): number {
  const isHopeless = reasons.length > 0 && reasons.every(isPermanent);
  if (!isHopeless) return delayBefore(roundNumber, bounds, random);
  return delayBefore(1, { ...bounds, initialDelayMs: bounds.maxDelayMs }, random);
}
