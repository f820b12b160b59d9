import type { Clock } from "./clock.ts";
import { DeadlinePassed, sleep } from "./deadline.ts";
import { type Failure, isTransient } from "./failure.ts";
import type { Entry } from "./image-list.ts";
import type { ImageService } from "./image-service.ts";
import type { Log } from "./log.ts";
import type { Pool } from "./pool.ts";
import { redact } from "./redact.ts";

/** What a pull works with. */
export interface PullDependencies {
  readonly imageService: ImageService;
  /** Bounds the PullImage calls of all entries together. */
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Log;
}

/** How the pull of one image ended within one round. */
export type PullResult =
  | { readonly kind: "pulled"; readonly attempts: number; readonly durationMs: number }
  | {
      readonly kind: "failed";
      readonly failure: Failure;
      readonly attempts: number;
      readonly durationMs: number;
    };

// A registry that restarts or sheds load is usually back within some seconds; what takes longer is the next
// round's business. With containerd each attempt is by itself up to five requests.
const maxAttempts = 3;
const attemptDelayMs = 5_000;

/**
 * Pulls one image: up to three attempts, 5 s apart, as long as the failure may heal by itself. Only the call holds
 * a slot of the pool, so that an entry that waits for its next attempt holds none.
 *
 * Ends with `timed_out` when `signal` aborts because a deadline passed; rejects with the signal's reason when
 * it aborts for any other cause. A fault of the agent's own is the result `internal`.
 */
export async function pullImage(
  entry: Entry,
  dependencies: PullDependencies,
  signal: AbortSignal,
): Promise<PullResult> {
  const { clock } = dependencies;
  const startMs = clock.nowMs();
  const progress: Progress = { attempts: 0, lastFailure: undefined };
  const ended = () => ({ attempts: progress.attempts, durationMs: Math.round(clock.nowMs() - startMs) });
  try {
    const failure = await attemptUntilPulled(entry, dependencies, signal, progress);
    return failure === undefined ? { kind: "pulled", ...ended() } : { kind: "failed", failure, ...ended() };
  } catch (error) {
    if (signal.aborted && !(signal.reason instanceof DeadlinePassed)) throw signal.reason;
    const failure = signal.aborted ? timedOut(progress.lastFailure) : internal(error);
    return { kind: "failed", failure, ...ended() };
  }
}

interface Progress {
  attempts: number;
  lastFailure: Failure | undefined;
}

/** Undefined once the image is pulled, else the failure that no further attempt of this round would heal. */
async function attemptUntilPulled(
  entry: Entry,
  { imageService, pool, clock, log }: PullDependencies,
  signal: AbortSignal,
  progress: Progress,
): Promise<Failure | undefined> {
  for (;;) {
    const answer = await pool.run(() => {
      progress.attempts += 1;
      return imageService.pullImage(entry.imageReference, signal);
    }, signal);
    if (answer.kind === "pulled") return undefined;
    progress.lastFailure = answer.failure;
    if (!isTransient(answer.failure.reason) || progress.attempts >= maxAttempts) return answer.failure;
    log.warn(
      {
        image: entry.displayName,
        attemptNumber: progress.attempts,
        reason: answer.failure.reason,
        delayMs: attemptDelayMs,
        error: answer.failure.message,
      },
      "attempt failed, another follows",
    );
    await sleep(clock, attemptDelayMs, signal);
  }
}

function timedOut(lastFailure: Failure | undefined): Failure {
  const before = lastFailure === undefined ? "" : `; the last attempt failed: ${lastFailure.message}`;
  return { reason: "timed_out", message: `not there when the round's time to pull ended${before}` };
}

function internal(error: unknown): Failure {
  return {
    reason: "internal",
    message: redact(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  };
}
