import type { Clock } from "../clock.ts";
import { sleep } from "../deadline.ts";
import type { FailureReason } from "../failure.ts";
import { createFakeImageService, type FakeImageService, failedWith } from "./fake-image-service.ts";

/** What one PullImage call comes to: how long it takes, and why it fails; undefined where it pulls the image. */
export interface TimedAnswer {
  readonly takesMs: number;
  readonly reason: FailureReason | undefined;
}

/**
 * One PullImage call that was made, with the clock's `nowMs` at both ends. `began` and `ended` number all beginnings and ends
 * in their order, since many fall on one instant. The end is infinite while the call is under way.
 */
export interface TimedPull extends TimedAnswer {
  readonly imageReference: string;
  readonly startMs: number;
  readonly began: number;
  endMs: number;
  ended: number;
}

/** The fake runtime, whose pulls take time on the test's clock. */
export interface TimedImageService extends FakeImageService {
  /** Every call, in the order they were made. */
  readonly pulls: readonly TimedPull[];
}

/** `answerTo` says what an image's call comes to; `callNumber` counts the image's calls from 1. */
export function createTimedImageService(
  clock: Clock,
  answerTo: (imageReference: string, callNumber: number) => TimedAnswer,
): TimedImageService {
  const fake = createFakeImageService();
  const pulls: TimedPull[] = [];
  const callsOf = new Map<string, number>();
  let events = 0;
  const nextEvent = () => {
    events += 1;
    return events;
  };
  return {
    ...fake,
    pulls,
    pullImage: async (imageReference, signal) => {
      const callNumber = (callsOf.get(imageReference) ?? 0) + 1;
      callsOf.set(imageReference, callNumber);
      const answer = answerTo(imageReference, callNumber);
      const pull: TimedPull = {
        ...answer,
        imageReference,
        startMs: clock.nowMs(),
        began: nextEvent(),
        endMs: Number.POSITIVE_INFINITY,
        ended: Number.POSITIVE_INFINITY,
      };
      pulls.push(pull);
      try {
        await sleep(clock, answer.takesMs, signal);
      } finally {
        pull.endMs = clock.nowMs();
        pull.ended = nextEvent();
      }
      if (answer.reason !== undefined) return failedWith(answer.reason);
      fake.store.add(imageReference);
      return { kind: "pulled", imageId: `sha256:${imageReference}` };
    },
  };
}
