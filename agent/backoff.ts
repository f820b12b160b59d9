import type { FailureReason } from "./failure.ts";
import { isPermanent } from "./failure.ts";

/** The bounds of a growing delay, in milliseconds. */
export interface BackoffBounds {
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

/** How long to wait between tries, as this process was told to (`--backoff-scale`). */
export interface Backoff {
  /**
   * The delay before try `tryNumber` (the first wait has number 1): the initial delay doubled for each earlier wait,
   * at most the maximum, half of it fixed and half of it random, so that nodes that failed together do not come
   * back together.
   */
  delayBefore(tryNumber: number, bounds: BackoffBounds): number;
  /** A fixed length of time in the same measure. */
  scaled(ms: number): number;
}

/** Delays with jitter drawn by `random` (0 up to 1), all multiplied by `scale`. */
export function createBackoff(random: () => number, scale = 1): Backoff {
  return {
    delayBefore: (tryNumber, { initialDelayMs, maxDelayMs }) => {
      const full = Math.min(initialDelayMs * 2 ** (tryNumber - 1), maxDelayMs) * scale;
      return full / 2 + (full / 2) * random();
    },
    scaled: (ms) => ms * scale,
  };
}

/**
 * The delay before the next round, after `roundNumber` rounds. Where only permanent reasons are left it is the
 * longest at once: a new list, image or credential comes with a new pod, not with time. Rounds have flags of their
 * own and are not scaled.
 */
export function delayBeforeNextRound(
  roundNumber: number,
  reasons: readonly FailureReason[],
  bounds: BackoffBounds,
  random: () => number,
): number {
  const isHopeless = reasons.length > 0 && reasons.every(isPermanent);
  const backoff = createBackoff(random);
  if (!isHopeless) return backoff.delayBefore(roundNumber, bounds);
  return backoff.delayBefore(1, { ...bounds, initialDelayMs: bounds.maxDelayMs });
}
