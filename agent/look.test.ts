import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entriesFromLines } from "./image-list.ts";
import { lookAtImages } from "./look.ts";
import { createFakeClock } from "./testing/fake-clock.ts";
import { createFakeImageService, failedWith } from "./testing/fake-image-service.ts";

const never = new AbortController().signal;

describe("lookAtImages()", () => {
  it("has the runtime's answer for each entry", async () => {
    const entries = entriesFromLines(["there", "missing", "unsaid"]);
    const imageService = createFakeImageService("there");
    imageService.onStatus("unsaid", failedWith("runtime_down"));
    const look = await lookAtImages(entries, imageService, createFakeClock(), never);
    assert.deepEqual(
      entries.map((entry) => look.answerFor(entry).kind),
      ["present", "absent", "failed"],
    );
  });

  it("asks for each spelling of an image once, and not at all for an invalid reference", async () => {
    const entries = entriesFromLines(["nginx", "docker.io/library/nginx:latest", "Invalid"]);
    const imageService = createFakeImageService("nginx");
    const look = await lookAtImages(entries, imageService, createFakeClock(), never);
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
    const look = await lookAtImages(entriesFromLines(["a"]), imageService, clock, never);
    assert.deepEqual([look.startedAtMs, clock.nowMs()], [1_000, 10_000]);
  });

  it("asks for eight at once at most", async () => {
    const entries = entriesFromLines(Array.from({ length: 30 }, (_, index) => `image-${index}`));
    const imageService = createFakeImageService();
    const controller = new AbortController();
    for (const { line } of entries) imageService.onStatus(line, "hangs");
    const look = lookAtImages(entries, imageService, createFakeClock(), controller.signal);
    await new Promise(setImmediate);
    assert.equal(imageService.requests.length, 8);
    controller.abort(new Error("told to end"));
    await assert.rejects(look, /told to end/);
    assert.equal(imageService.requests.length, 8);
  });
});
