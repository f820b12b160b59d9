import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runRound } from "./round.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { unavailable } from "./testing/fake-node-api.ts";
import { annotationOf, createRoundWorld, mark, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const run = (world: RoundWorld) => world.clock.finish(runRound(world, never));
const labelsOf = (world: RoundWorld) => world.nodeApi.writes().map(({ label }) => label);

describe("runRound()", () => {
  describe("where every image is there", () => {
    it("writes succeeded with two requests and asks no registry", async () => {
      const world = createRoundWorld(["a", "b"]);
      world.imageService.store.add("a").add("b");
      const result = await run(world);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
      assert.deepEqual(world.nodeApi.methods(), ["read", "write"]);
      assert.deepEqual(world.imageService.referencesOf("pullImage"), []);
      assert.equal(world.nodeApi.marks.label, "succeeded");
      assert.deepEqual(annotationOf(world), {
        v: 1,
        revision: world.revision,
        owner: "default/my-images",
        verdict: "succeeded",
        finishedAt: "2026-01-02T03:04:05.000Z",
        entries: 2,
        present: 2,
        skipped: 0,
        failed: [],
      });
    });

    it("sends one request and nothing else where the Node says so already", async () => {
      const world = createRoundWorld(["a"]);
      world.imageService.store.add("a");
      mark(world, { verdict: "succeeded" });
      const result = await run(world);
      assert.equal(result.kind, "verdict");
      assert.deepEqual(world.nodeApi.methods(), ["read"]);
      assert.deepEqual(world.imageService.referencesOf("imageStatus"), ["a"]);
    });

    it("makes the Node say the new revision, without taking the label away first", async () => {
      const world = createRoundWorld(["a"]);
      world.imageService.store.add("a");
      mark(world, { verdict: "succeeded", revision: "1-ffffffffffff" });
      await run(world);
      assert.deepEqual(labelsOf(world), ["succeeded"]);
      assert.equal(annotationOf(world).revision, world.revision);
    });

    it("says in the annotation that the list is the sample", async () => {
      const world = createRoundWorld(["a"], { sample: true });
      await run(world);
      assert.equal(annotationOf(world).sample, true);
      for (const { annotation } of world.nodeApi.writes()) assert.match(annotation, /"sample":true/);
    });
  });

  describe("where an image is missing", () => {
    it("leaves a failed of the same revision until it is better known", async () => {
      const world = createRoundWorld(["a"]);
      mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
      await run(world);
      assert.deepEqual(world.nodeApi.methods(), ["read", "read", "write"]);
      assert.deepEqual(labelsOf(world), ["succeeded"]);
    });

    it("writes nothing where it fails for the same reasons again", async () => {
      const world = createRoundWorld(["a"]);
      world.imageService.alwaysOnPull("a", failedWith("not_found"));
      mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
      const result = await run(world);
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
      assert.deepEqual(world.nodeApi.methods(), ["read", "read"]);
    });

    it("writes failed with what failed, and pulls the others all the same", async () => {
      const world = createRoundWorld(["a", "b", "Invalid"]);
      world.imageService.alwaysOnPull("a", failedWith("not_found"));
      const result = await run(world);
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
      assert.ok(world.imageService.store.has("b"));
      assert.equal(world.nodeApi.marks.label, "failed");
      const { present, failed } = annotationOf(world);
      assert.equal(present, 1);
      assert.deepEqual(failed, [
        { image: "a", reason: "not_found" },
        { image: "Invalid", reason: "invalid_reference" },
      ]);
    });

    it("asks no runtime about an invalid reference", async () => {
      const world = createRoundWorld(["Invalid"]);
      await run(world);
      assert.deepEqual(world.imageService.requests, []);
      assert.equal(world.nodeApi.marks.label, "failed");
    });

    it("pulls one image of two spellings once", async () => {
      const world = createRoundWorld(["nginx", "docker.io/library/nginx"]);
      world.imageService.onPull("nginx", () => {
        world.imageService.store.add("docker.io/library/nginx");
        return undefined;
      });
      const result = await run(world);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["nginx"]);
    });

    it("believes the store and not the pull: what is gone again is evicted", async () => {
      const world = createRoundWorld(["a", "b"]);
      world.imageService.store.add("b");
      world.imageService.onPull("a", () => {
        world.imageService.store.delete("b");
        return undefined;
      });
      await run(world);
      assert.equal(world.nodeApi.marks.label, "failed");
      assert.deepEqual(annotationOf(world).failed, [{ image: "b", reason: "evicted" }]);
    });

    it("writes failed when the time to pull ends, whatever the pulls were at", async () => {
      const world = createRoundWorld(["a"], { pullTimeoutMs: 60_000 });
      world.imageService.onPull("a", "hangs");
      await run(world);
      assert.equal(world.clock.nowMs(), 60_000);
      assert.equal(world.nodeApi.marks.label, "failed");
      assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "timed_out" }]);
      assert.equal(world.clock.pendingCount(), 0);
    });

    it("gives the verdict its own time, none of which the pulls can use up", async () => {
      const world = createRoundWorld(["a"], { pullTimeoutMs: 60_000, labelTimeoutMs: 30_000 });
      world.imageService.onPull("a", "hangs");
      world.nodeApi.onRead(() => undefined, unavailable, unavailable, unavailable);
      const result = await run(world);
      assert.equal(result.kind, "verdict");
      assert.equal(world.nodeApi.marks.label, "failed");
    });

    it("pulls though the API server never answers, and is unwritten in the end", async () => {
      const world = createRoundWorld(["a"], { labelTimeoutMs: 30_000 });
      world.nodeApi.always(unavailable);
      const result = await run(world);
      assert.ok(result.kind === "unwritten");
      assert.ok(world.imageService.store.has("a"));
      assert.deepEqual(world.log.fieldsOf("the Node could not be read yet"), [
        { error: "connection refused" },
      ]);
      assert.equal(world.clock.pendingCount(), 0);
    });
  });

  describe("with the policy Always", () => {
    it("asks the registry about an image that is there, and lets a succeeded stand meanwhile", async () => {
      const world = createRoundWorld(["a"], { pullPolicy: "Always" });
      world.imageService.store.add("a");
      mark(world, { verdict: "succeeded" });
      await run(world);
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
      assert.deepEqual(world.nodeApi.methods(), ["read", "read"]);
      assert.equal(world.nodeApi.marks.label, "succeeded");
    });

    it("lets a succeeded stand where nothing is missing but what is optional or for other platforms", async () => {
      const lines = ["a", "b required=false", "c platforms=linux/arm64"];
      const world = createRoundWorld(lines, { pullPolicy: "Always" });
      world.imageService.store.add("a");
      mark(world, { verdict: "succeeded" });
      await run(world);
      assert.ok(labelsOf(world).every((label) => label === "succeeded"));
    });

    it("confirms each image once in a process", async () => {
      const world = createRoundWorld(["a", "b"], { pullPolicy: "Always" });
      world.imageService.store.add("a").add("b");
      world.imageService.onPull("b", failedWith("signature"));
      const first = await run(world);
      assert.ok(first.kind === "verdict" && first.verdict === "failed");
      const second = await run(world);
      assert.ok(second.kind === "verdict" && second.verdict === "succeeded");
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "b"]);
    });

    it("is failed for an image that is there and was never confirmed", async () => {
      const world = createRoundWorld(["a"], { pullPolicy: "Always" });
      world.imageService.store.add("a");
      world.imageService.alwaysOnPull("a", failedWith("unauthorized"));
      await run(world);
      assert.equal(world.nodeApi.marks.label, "failed");
      assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "unauthorized" }]);
    });

    it("takes a succeeded away where an image is missing", async () => {
      const world = createRoundWorld(["a"], { pullPolicy: "Always" });
      mark(world, { verdict: "succeeded" });
      await run(world);
      assert.deepEqual(labelsOf(world), [undefined, "succeeded"]);
    });

    it("takes a succeeded away where it is only another spelling that is missing", async () => {
      const world = createRoundWorld(["nginx", "docker.io/library/nginx"], { pullPolicy: "Always" });
      world.imageService.store.add("nginx");
      mark(world, { verdict: "succeeded" });
      await run(world);
      assert.equal(labelsOf(world)[0], undefined);
    });

    it("takes another list's succeeded away where an entry is invalid", async () => {
      const world = createRoundWorld(["a", "Invalid"], { pullPolicy: "Always" });
      world.imageService.store.add("a");
      mark(world, { verdict: "succeeded", revision: "1-ffffffffffff" });
      await run(world);
      assert.deepEqual(labelsOf(world), [undefined, "failed"]);
    });
  });

  it("ends before any look where the Node is gone", async () => {
    const world = createRoundWorld(["a"]);
    world.nodeApi.onRead({ kind: "gone" });
    assert.deepEqual(await run(world), { kind: "node-gone" });
    assert.deepEqual(world.imageService.requests, []);
  });

  it("ends after the pulls where the Node went meanwhile", async () => {
    const world = createRoundWorld(["a"]);
    world.nodeApi.onRead(() => undefined, { kind: "gone" });
    assert.deepEqual(await run(world), { kind: "node-gone" });
    assert.deepEqual(
      world.nodeApi.writes().map(({ label }) => label),
      [undefined],
    );
  });
});
