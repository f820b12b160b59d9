import type { BackoffBounds } from "./backoff.ts";
import type { FailureReason } from "./failure.ts";

/** What a failed attempt is followed by, within one round. */
export interface TryPolicy {
  /** How many attempts of one entry may fail for this reason before the entry does. 1: the first is the last. */
  readonly maxAttempts: number;
  /** The waits between them; half of each is jitter. */
  readonly delays: BackoffBounds;
}

const s = 1_000;
const once: TryPolicy = { maxAttempts: 1, delays: { initialDelayMs: 0, maxDelayMs: 0 } };

/**
 * The tries by reason. All waits of an entry together stay below `maxWaitMs`: what takes longer to heal is the next
 * round's business. The numbers are the contract's where it has one.
 */
export const tryPolicies: Readonly<Record<FailureReason, TryPolicy>> = {
  // Only a changed list, image or policy can heal these.
  invalid_reference: once,
  no_platform: once,
  signature: once,
  // A tag may be pushed a moment later, and the others are not kept waiting for long.
  not_found: { maxAttempts: 3, delays: { initialDelayMs: 15 * s, maxDelayMs: 20 * s } },
  // A credential may be rotated at this moment; more tries would lock an account.
  unauthorized: { maxAttempts: 2, delays: { initialDelayMs: 40 * s, maxDelayMs: 40 * s } },
  // Registries count over minutes, and containerd has by itself asked five times. The registry's gate does the waiting.
  throttled: { maxAttempts: 3, delays: { initialDelayMs: 40 * s, maxDelayMs: 60 * s } },
  // 1 s doubling: a registry that restarts is usually back within some seconds.
  unavailable: { maxAttempts: 5, delays: { initialDelayMs: 1 * s, maxDelayMs: 60 * s } },
  // One of several mirrors or caches may have a damaged copy. Within a second containerd 2.4 was seen to fail again by what
  // it had stored, without asking.
  corrupt: { maxAttempts: 3, delays: { initialDelayMs: 4 * s, maxDelayMs: 10 * s } },
  // Late, when pulls in flight have ended and the kubelet may have collected something. The disk's gate does the waiting.
  no_space: { maxAttempts: 2, delays: { initialDelayMs: 60 * s, maxDelayMs: 60 * s } },
  // The wait is for the runtime itself, and not counted; this bounds what an image that kills its runtime can do.
  runtime_down: { maxAttempts: 5, delays: { initialDelayMs: 0.5 * s, maxDelayMs: 5 * s } },
  // An attempt's own time limit; the round's has no attempt after it.
  timed_out: { maxAttempts: 2, delays: { initialDelayMs: 5 * s, maxDelayMs: 5 * s } },
  // Treated like `unavailable`, but with fewer tries: nobody knows what it is.
  unknown: { maxAttempts: 3, delays: { initialDelayMs: 2 * s, maxDelayMs: 60 * s } },
  // These come from no attempt.
  evicted: once,
  internal: once,
};

/**
 * The longest that one entry waits for what its own attempts failed by within a round, all waits together, in milliseconds.
 * A turn at a slot, at a registry that gets one attempt at a time, or for another entry's hold comes on top.
 */
export const maxWaitMs = 180 * s;

/**
 * An attempt that failed as `unavailable` after this long has met the runtime's own time limit (a black hole), and so
 * each further one would. Two of them are the most that an entry gets.
 */
export const slowAttemptMs = 10 * s;
export const maxSlowAttempts = 2;
