import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ImageServiceForTests } from "../cri/create-image-service.ts";

/** An image service, and what a test may ask of the runtime and the registry behind it. */
export interface ConformanceSubject {
  readonly imageService: Omit<ImageServiceForTests, "close">;
  /** A reference that a registry has, and that nothing else needs: it is pulled and removed. */
  readonly pullable: string;
  /** A reference whose registry answers, and has no such image. */
  readonly unknown: string;
  /** A reference whose registry answers, and never ends sending. */
  readonly stalled: string;
  /** Resolves once the runtime works on the pull of `stalled`. */
  stalledPullBegan(): Promise<void>;
  /** Resolves once it does not any more. */
  stalledPullEnded(): Promise<void>;
  close(): Promise<void>;
}

/** The promises of `ImageService` that any runtime can be held to; run on the fake, on a gRPC server and on containerd. */
export function imageServiceConformance(
  name: string,
  createSubject: () => Promise<ConformanceSubject>,
): void {
  describe(`${name}, as an ImageService`, () => {
    let subject: ConformanceSubject;
    const never = new AbortController().signal;
    before(async () => {
      subject = await createSubject();
    });
    after(() => subject.close());

    it("says what runtime it is, and that it speaks v1", async () => {
      const answer = await subject.imageService.version(never);
      assert.ok(answer.kind === "version");
      assert.equal(answer.version.apiVersion, "v1");
      assert.ok(answer.version.name !== "" && answer.version.version !== "");
    });

    it("pulls an image that is absent, and has it then with its ID, digests and size", async () => {
      const { imageService, pullable } = subject;
      await imageService.removeImage(pullable, never);
      assert.deepEqual(await imageService.imageStatus(pullable, never), { kind: "absent" });
      const pulled = await imageService.pullImage(pullable, never);
      assert.ok(pulled.kind === "pulled", JSON.stringify(pulled));
      const status = await imageService.imageStatus(pullable, never);
      assert.ok(status.kind === "present");
      assert.ok(status.image.imageId.startsWith("sha256:"));
      assert.ok(status.image.sizeBytes > 0);
      assert.ok(status.image.repoDigests.every((digest) => digest.includes("@sha256:")));
      assert.ok(status.image.repoDigests.length > 0);
    });

    it("pulls an image that is there already, to the same ID", async () => {
      const { imageService, pullable } = subject;
      const first = await imageService.pullImage(pullable, never);
      assert.deepEqual(await imageService.pullImage(pullable, never), first);
    });

    it("removes an image, and an image that is not there", async () => {
      const { imageService, pullable } = subject;
      await imageService.pullImage(pullable, never);
      await imageService.removeImage(pullable, never);
      assert.equal((await imageService.imageStatus(pullable, never)).kind, "absent");
      await imageService.removeImage(pullable, never);
    });

    it("answers not_found where the registry has no such image, and does not reject", async () => {
      const { imageService, unknown } = subject;
      const answer = await imageService.pullImage(unknown, never);
      assert.ok(answer.kind === "failed" && answer.failure.reason === "not_found", JSON.stringify(answer));
      assert.notEqual(answer.failure.message, "");
      assert.deepEqual(await imageService.imageStatus(unknown, never), { kind: "absent" });
    });

    it("cancels a pull at the runtime when its signal aborts, and rejects with the reason", async () => {
      const { imageService, stalled } = subject;
      const controller = new AbortController();
      const reason = new Error("told to end");
      const rejects = assert.rejects(imageService.pullImage(stalled, controller.signal), reason);
      await subject.stalledPullBegan();
      controller.abort(reason);
      await rejects;
      await subject.stalledPullEnded();
      assert.deepEqual(await imageService.imageStatus(stalled, never), { kind: "absent" });
    });

    it("rejects each call with the reason where the signal has aborted before", async () => {
      const { imageService, pullable } = subject;
      const reason = new Error("told to end");
      const aborted = AbortSignal.abort(reason);
      await assert.rejects(imageService.version(aborted), reason);
      await assert.rejects(imageService.imageStatus(pullable, aborted), reason);
      await assert.rejects(imageService.pullImage(pullable, aborted), reason);
    });
  });
}
