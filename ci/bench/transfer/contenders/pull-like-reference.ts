import type { Clock } from "../../../../agent/clock.ts";
import { createDeadline, sleep } from "../../../../agent/deadline.ts";
import type { ImageService } from "../../../../agent/image-service.ts";

/** The lengths of time that the reference goes by, in milliseconds. */
export interface ReferenceTimes {
  /** The first attempt's limit; it doubles with each attempt that failed, up to the longest. */
  readonly attemptMs: number;
  readonly longestAttemptMs: number;
  /** The first wait after a failed attempt; it doubles in the same way. */
  readonly delayMs: number;
  readonly longestDelayMs: number;
  /** When every attempt ends, and none begins any more. */
  readonly overallMs: number;
}

/** Its defaults. */
export const referenceTimes: ReferenceTimes = {
  attemptMs: 30_000,
  longestAttemptMs: 5 * 60_000,
  delayMs: 1_000,
  longestDelayMs: 10 * 60_000,
  overallMs: 20 * 60_000,
};

/** What the reference pulls with, and by which clock. */
export interface ReferenceWorld {
  readonly imageService: ImageService;
  readonly clock: Clock;
  readonly times: ReferenceTimes;
}

/** What became of the list. */
export interface ReferenceResult {
  /** PullImage calls that were made. */
  readonly attempts: number;
  /** How many of them their own limit ended. */
  readonly attemptsCut: number;
  /** A line for each image that was not pulled: its reference, and the last failure. */
  readonly failures: readonly string[];
}

/**
 * Pulls images the way the Go reference (stackrox/image-prefetcher) was measured to: all at once; PullImage whether an image is there or
 * not; each attempt with a limit, which grows; a wait after each failed attempt, which grows too and which the overall end does not cut
 * short; one ImageStatus for each image that was pulled. It is a stand-in that behaves as measured, not the reference itself: what a
 * program in Go takes of memory, processor and time to start is not to be seen in it.
 */
export async function pullLikeReference(
  images: readonly string[],
  world: ReferenceWorld,
): Promise<ReferenceResult> {
  using overall = createDeadline(world.clock, world.times.overallMs, new AbortController().signal);
  const ends = await Promise.all(images.map((image) => pullOne(image, world, overall.signal)));
  return {
    attempts: ends.reduce((sum, { attempts }) => sum + attempts, 0),
    attemptsCut: ends.reduce((sum, { attemptsCut }) => sum + attemptsCut, 0),
    failures: ends.flatMap(({ failure }) => failure ?? []),
  };
}

interface PulledOne {
  readonly attempts: number;
  readonly attemptsCut: number;
  readonly failure: string | undefined;
}

async function pullOne(image: string, world: ReferenceWorld, overall: AbortSignal): Promise<PulledOne> {
  const { clock, times, imageService } = world;
  let { attemptMs, delayMs } = times;
  let attemptsCut = 0;
  for (let attempts = 1; ; attempts++) {
    const failure = await attemptAt(image, world, attemptMs, overall);
    if (failure === undefined) {
      await imageService.imageStatus(image, new AbortController().signal);
      return { attempts, attemptsCut, failure };
    }
    if (failure === cut && !overall.aborted) attemptsCut += 1;
    if (!overall.aborted) await sleep(clock, delayMs, new AbortController().signal);
    if (overall.aborted) return { attempts, attemptsCut, failure: `${image}: ${failure}` };
    attemptMs = Math.min(2 * attemptMs, times.longestAttemptMs);
    delayMs = Math.min(2 * delayMs, times.longestDelayMs);
  }
}

/** Undefined where the image is pulled, else why it is not. */
async function attemptAt(
  image: string,
  { clock, imageService }: ReferenceWorld,
  attemptMs: number,
  overall: AbortSignal,
): Promise<string | undefined> {
  using attempt = createDeadline(clock, attemptMs, overall);
  try {
    const answer = await imageService.pullImage(image, attempt.signal);
    return answer.kind === "pulled" ? undefined : answer.failure.message;
  } catch (error) {
    if (attempt.signal.aborted) return cut;
    throw error;
  }
}

const cut = "its time was over";
