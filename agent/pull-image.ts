import type { Admission } from "./admission.ts";
import type { Backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { createDeadline, DeadlinePassed, sleep } from "./deadline.ts";
import type { Failure } from "./failure.ts";
import type { Entry } from "./image-list.ts";
import type { ImageService, PullAnswer } from "./image-service.ts";
import { internalFailure } from "./internal-failure.ts";
import type { Log } from "./log.ts";
import { createTries, type Tries } from "./tries.ts";
import { waitForRuntime } from "./wait-for-runtime.ts";

/** What a pull works with. */
export interface PullDependencies {
  readonly imageService: ImageService;
  /** Holds an attempt until it may start. */
  readonly admission: Admission;
  /** The longest that one attempt may take; undefined for no limit. */
  readonly attemptTimeoutMs: number | undefined;
  readonly clock: Clock;
  readonly backoff: Backoff;
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

/**
 * Pulls one image: as many attempts as the failures' reasons are worth (try-policy.ts). An attempt that the runtime's
 * own end cut off is not counted. An entry that waits for its next attempt holds no slot.
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
    const failure = signal.aborted ? timedOut(progress.lastFailure) : internalFailure(error);
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
  dependencies: PullDependencies,
  signal: AbortSignal,
  progress: Progress,
): Promise<Failure | undefined> {
  const { admission, clock, backoff, log } = dependencies;
  const tries = createTries(backoff);
  for (;;) {
    let startMs = clock.nowMs();
    const answer = await admission.run(
      entry.registry,
      () => {
        progress.attempts += 1;
        startMs = clock.nowMs();
        return attempt(entry, dependencies, signal);
      },
      signal,
    );
    if (answer.kind === "pulled") return undefined;
    const { failure } = answer;
    if (answer.kind === "closed") return failure;
    progress.lastFailure = failure;
    const attemptNumber = progress.attempts;
    if (failure.reason === "runtime_down") progress.attempts -= 1;
    const delayMs = tries.delayAfter(failure, clock.nowMs() - startMs);
    if (delayMs === undefined) return failure;
    log.warn(
      {
        image: entry.displayName,
        attemptNumber,
        reason: failure.reason,
        delayMs: Math.round(delayMs),
        error: failure.message,
      },
      "attempt failed, another follows",
    );
    if (failure.reason === "runtime_down") {
      const whyNot = await untilRuntimeAnswers(dependencies, tries, signal);
      if (whyNot !== undefined) return whyNot;
    }
    await sleep(clock, delayMs, signal);
  }
}

/** Undefined once the runtime answers; its last failure where the entry's time to wait ends before. */
async function untilRuntimeAnswers(
  { imageService, clock }: PullDependencies,
  tries: Tries,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const startMs = clock.nowMs();
  const runtime = await waitForRuntime(imageService, tries.remainingMs(), clock, signal);
  signal.throwIfAborted();
  if (runtime.kind === "unusable") return runtime.failure;
  tries.waitedForRuntime(clock.nowMs() - startMs);
  return undefined;
}

async function attempt(
  entry: Entry,
  { imageService, attemptTimeoutMs, clock }: PullDependencies,
  signal: AbortSignal,
): Promise<PullAnswer> {
  if (attemptTimeoutMs === undefined) return imageService.pullImage(entry.imageReference, signal);
  using deadline = createDeadline(clock, attemptTimeoutMs, signal);
  try {
    return await imageService.pullImage(entry.imageReference, deadline.signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof DeadlinePassed)) throw error;
    const message = `the attempt was cut off after ${attemptTimeoutMs / 1000} s (pull.attemptTimeout, --attempt-timeout)`;
    return { kind: "failed", failure: { reason: "timed_out", message } };
  }
}

function timedOut(lastFailure: Failure | undefined): Failure {
  const before = lastFailure === undefined ? "" : `; the last attempt failed: ${lastFailure.message}`;
  return { reason: "timed_out", message: `not there when the round's time to pull ended${before}` };
}
