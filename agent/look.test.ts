import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entriesFromLines } from "./image-list.ts";
import { lookAtImages } from "./look.ts";
import { createFakeClock } from "./testing/fake-clock.ts";
import { createFakeImageService, failedWith } from "./testing/fake-image-service.ts";

const never = new AbortController().signal;
const platform = "linux/amd64";

describe("lookAtImages()", () => {
  it("has the runtime's answer for each entry", async () => {
    const entries = entriesFromLines(["there", "missing", "unsaid"]);
    const imageService = createFakeImageService("there");
    imageService.onStatus("unsaid", failedWith("runtime_down"));
    const look = await lookAtImages({ entries, platform, imageService, clock: createFakeClock() }, never);
    assert.deepEqual(
      entries.map((entry) => look.answerFor(entry).kind),
      ["present", "absent", "failed"],
    );
  });

  it("asks for each spelling of an image once, and not at all for an invalid reference", async () => {
    const entries = entriesFromLines(["nginx", "docker.io/library/nginx:latest", "Invalid"]);
    const imageService = createFakeImageService("nginx");
    const look = await lookAtImages({ entries, platform, imageService, clock: createFakeClock() }, never);
    assert.deepEqual(imageService.referencesOf("imageStatus"), ["nginx", "docker.io/library/nginx:latest"]);
    assert.deepEqual(
      entries.map((entry) => look.answerFor(entry).kind),
      ["present", "absent", "absent"],
    );
  });

  it("tells when it began, not when it ended", async () => {
    const clock = createFakeClock();
    await clock.advance(1_000);
    const imageService = createFakeImageService();
    imageService.onStatus("a", async () => {
      await clock.advance(9_000);
      return undefined;
    });
    const look = await lookAtImages(
      { entries: entriesFromLines(["a"]), platform, imageService, clock },
      never,
    );
    assert.deepEqual([look.startedAtMs, clock.nowMs()], [1_000, 10_000]);
  });

  it("asks for eight at once at most", async () => {
    const entries = entriesFromLines(Array.from({ length: 30 }, (_, index) => `image-${index}`));
    const imageService = createFakeImageService();
    const controller = new AbortController();
    for (const { line } of entries) imageService.onStatus(line, "hangs");
    const look = lookAtImages(
      { entries, platform, imageService, clock: createFakeClock() },
      controller.signal,
    );
    await new Promise(setImmediate);
    assert.equal(imageService.requests.length, 8);
    controller.abort(new Error("told to end"));
    await assert.rejects(look, /told to end/);
    assert.equal(imageService.requests.length, 8);
  });

  it("asks nobody about an entry for other platforms", async () => {
    const entries = entriesFromLines(["a platforms=linux/arm64", "b platforms=linux/amd64"]);
    const imageService = createFakeImageService("a", "b");
    const look = await lookAtImages({ entries, platform, imageService, clock: createFakeClock() }, never);
    assert.deepEqual(imageService.referencesOf("imageStatus"), ["b"]);
    assert.deepEqual(
      entries.map((entry) => look.answerFor(entry).kind),
      ["absent", "present"],
    );
  });

  it("takes a fault of its own for this one image's failure, and answers for the others", async () => {
    const entries = entriesFromLines(["a", "b"]);
    const imageService = createFakeImageService("a", "b");
    imageService.onStatus("a", new Error("a bug at https://me:hunter2@quay.io/"));
    const look = await lookAtImages({ entries, platform, imageService, clock: createFakeClock() }, never);
    const [answer, other] = entries.map((entry) => look.answerFor(entry));
    assert.ok(answer?.kind === "failed" && answer.failure.reason === "internal");
    assert.match(answer.failure.message, /a bug/);
    assert.doesNotMatch(answer.failure.message, /hunter2/);
    assert.equal(other?.kind, "present");
  });
});
