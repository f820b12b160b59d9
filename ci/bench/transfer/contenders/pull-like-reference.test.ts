import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFakeClock } from "../../../../agent/testing/fake-clock.ts";
import { createTimedImageService, type TimedAnswer } from "../../../../agent/testing/timed-image-service.ts";
import { pullLikeReference, type ReferenceTimes, referenceTimes } from "./pull-like-reference.ts";

const seconds = (count: number) => count * 1_000;

/** What pulling the images comes to, where each attempt at them comes to what `answerTo` says. */
async function pulled(
  images: readonly string[],
  answerTo: (image: string, attempt: number) => Partial<TimedAnswer>,
  times: Partial<ReferenceTimes> = {},
) {
  const clock = createFakeClock();
  const imageService = createTimedImageService(clock, (image, attempt) => ({
    takesMs: seconds(1),
    reason: undefined,
    ...answerTo(image, attempt),
  }));
  const world = { imageService, clock, times: { ...referenceTimes, ...times } };
  const result = await clock.finish(pullLikeReference(images, world));
  return { result, imageService, endedAtMs: clock.nowMs(), pending: clock.pendingCount() };
}

describe("pullLikeReference", () => {
  it("begins all images at once and asks for the status of each when it is pulled, never before", async () => {
    const images = Array.from({ length: 12 }, (_, index) => `image-${index}`);
    const { result, imageService, endedAtMs, pending } = await pulled(images, () => ({}));
    assert.deepEqual(result, { attempts: 12, attemptsCut: 0, failures: [] });
    assert.deepEqual(new Set(imageService.pulls.map(({ startMs }) => startMs)), new Set([0]));
    assert.deepEqual(imageService.referencesOf("imageStatus"), images);
    assert.equal(endedAtMs, seconds(1));
    assert.equal(pending, 0);
  });

  it("cuts an attempt after 30 s, waits 1 s, and doubles both until the image comes", async () => {
    const { result, imageService } = await pulled(["slow"], () => ({ takesMs: seconds(100) }));
    const spans = imageService.pulls.map(({ startMs, endMs }) => [startMs / 1_000, endMs / 1_000]);
    assert.deepEqual(spans, [
      [0, 30],
      [31, 91],
      [93, 193],
    ]);
    assert.deepEqual(result, { attempts: 3, attemptsCut: 2, failures: [] });
  });

  it("lets no attempt last longer than 5 minutes, and no wait than the longest", async () => {
    const { imageService } = await pulled(["slow"], () => ({ takesMs: seconds(3_600) }), {
      longestDelayMs: seconds(3),
    });
    const spans = imageService.pulls.map(({ startMs, endMs }) => (endMs - startMs) / 1_000);
    const starts = imageService.pulls.map(({ startMs }) => startMs);
    const waits = starts
      .slice(1)
      .map((startMs, index) => (startMs - (imageService.pulls[index]?.endMs ?? 0)) / 1_000);
    assert.deepEqual(spans.slice(0, 6), [30, 60, 120, 240, 300, 300]);
    assert.deepEqual(waits.slice(0, 4), [1, 2, 3, 3]);
  });

  it("waits and doubles after a refusal too, which counts as no cut", async () => {
    const { result, imageService } = await pulled(["a"], (_, attempt) =>
      attempt < 3 ? { takesMs: 0, reason: "unavailable" } : { takesMs: seconds(110) },
    );
    assert.deepEqual(
      imageService.pulls.map(({ startMs }) => startMs / 1_000),
      [0, 1, 3],
    );
    assert.deepEqual(result, { attempts: 3, attemptsCut: 0, failures: [] });
  });

  it("gives up at the overall end with what was said last, and begins nothing after it", async () => {
    const times = { overallMs: seconds(25) };
    const { result, imageService, endedAtMs } = await pulled(
      ["quick", "away", "slow"],
      (image) => ({
        ...(image === "away" ? { reason: "unavailable" } : {}),
        ...(image === "slow" ? { takesMs: seconds(60) } : {}),
      }),
      times,
    );
    assert.deepEqual(result.failures, ["away: it is unavailable", "slow: its time was over"]);
    assert.equal(result.attemptsCut, 0);
    // Its waits of 1, 2, 4 and 8 s end in time; the one of 16 s does not, and is waited out.
    assert.equal(imageService.pulls.filter(({ imageReference }) => imageReference === "away").length, 5);
    assert.equal(endedAtMs, seconds(1 + 1 + 1 + 2 + 1 + 4 + 1 + 8 + 1 + 16));
  });
});
