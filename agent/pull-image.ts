import type { Backoff } from "./backoff.ts";
import { DeadlinePassed, sleep } from "./deadline.ts";
import type { Failure } from "./failure.ts";
import type { Entry } from "./image-list.ts";
import { internalFailure } from "./internal-failure.ts";
import { type KeyringDependencies, pullWithKeyring } from "./pull-with-keyring.ts";
import { createTries, type Tries } from "./tries.ts";
import { waitForRuntime } from "./wait-for-runtime.ts";

/** What a pull works with. */
export interface PullDependencies extends KeyringDependencies {
  readonly backoff: Backoff;
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
 * Pulls one image: as many tries as the failures' reasons are worth (try-policy.ts), each of them one attempt for each
 * credential that is refused, and one more. An attempt that the runtime's own end cut off is not counted. An entry that
 * waits for its next try holds no slot.
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
  const { clock, backoff, log } = dependencies;
  const tries = createTries(backoff);
  for (;;) {
    let startMs = clock.nowMs();
    const onAttempt = () => {
      startMs = clock.nowMs();
      progress.attempts += 1;
      return progress.attempts;
    };
    const answer = await pullWithKeyring(entry, dependencies, onAttempt, signal);
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

function timedOut(lastFailure: Failure | undefined): Failure {
  const before = lastFailure === undefined ? "" : `; the last attempt failed: ${lastFailure.message}`;
  return { reason: "timed_out", message: `not there when the round's time to pull ended${before}` };
}
