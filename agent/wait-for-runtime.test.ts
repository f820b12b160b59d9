import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFakeClock } from "./testing/fake-clock.ts";
import { createFakeImageService, failedWith } from "./testing/fake-image-service.ts";
import { waitForRuntime } from "./wait-for-runtime.ts";

const never = new AbortController().signal;

describe("waitForRuntime()", () => {
  it("is ready at once where the runtime answers", async () => {
    const answer = await waitForRuntime(createFakeImageService(), 60_000, createFakeClock(), never);
    assert.deepEqual(answer, {
      kind: "ready",
      version: { name: "fake", version: "v1.0.0", apiVersion: "v1" },
    });
  });

  it("is ready as soon as the runtime has come up", async () => {
    const clock = createFakeClock();
    const imageService = createFakeImageService();
    imageService.onVersion(failedWith("runtime_down"), failedWith("runtime_down"), failedWith("unknown"));
    const answer = await clock.finish(waitForRuntime(imageService, 60_000, clock, never));
    assert.equal(answer.kind, "ready");
    assert.equal(clock.nowMs(), 1_500);
    assert.equal(clock.pendingCount(), 0);
  });

  it("is unusable after the timeout, with the last failure", async () => {
    const clock = createFakeClock();
    const imageService = createFakeImageService();
    imageService.onVersion(
      ...Array.from({ length: 4 }, (_, index) => failedWith("runtime_down", `try ${index}`)),
    );
    const answer = await clock.finish(waitForRuntime(imageService, 1_700, clock, never));
    assert.deepEqual(answer, { kind: "unusable", failure: { reason: "runtime_down", message: "try 3" } });
    assert.equal(clock.nowMs(), 1_700);
  });

  it("is unusable after the timeout where the runtime hangs", async () => {
    const clock = createFakeClock();
    const imageService = createFakeImageService();
    imageService.onVersion("hangs");
    const answer = await clock.finish(waitForRuntime(imageService, 60_000, clock, never));
    assert.equal(answer.kind, "unusable");
    assert.equal(clock.nowMs(), 60_000);
  });

  it("rejects with the reason when the process is told to end", async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const imageService = createFakeImageService();
    imageService.onVersion(failedWith("runtime_down"));
    const answer = waitForRuntime(imageService, 60_000, clock, controller.signal);
    await clock.advance(100);
    controller.abort(new Error("told to end"));
    await assert.rejects(answer, /told to end/);
    assert.equal(clock.pendingCount(), 0);
  });
});
