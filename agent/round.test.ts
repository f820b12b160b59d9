import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { annotationFromRecord, type NodeRecord } from "./node-record.ts";
import { runRound } from "./round.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { annotationOf, createRoundWorld, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const unavailable = { kind: "unavailable", message: "connection refused" } as const;

/** Puts a label and its record for the world's list on the Node, as an earlier round would have. */
function mark(world: RoundWorld, record: Pick<NodeRecord, "verdict"> & Partial<NodeRecord>): void {
  const failed = record.failed ?? [];
  const annotation = annotationFromRecord({
    v: 1,
    revision: record.revision ?? world.revision,
    owner: world.owner,
    verdict: record.verdict,
    finishedAt: "2026-01-01T00:00:00.000Z",
    entries: world.entries.length,
    present: world.entries.length - failed.length,
    skipped: 0,
    failed,
  });
  world.nodeApi.marks = { label: record.verdict === "none" ? undefined : record.verdict, annotation };
}

const run = (world: RoundWorld) => world.clock.finish(runRound(world, never));

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
      assert.deepEqual(
        world.nodeApi.writes().map(({ label }) => label),
        ["succeeded"],
      );
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
    it("withdraws, pulls and writes with four requests", async () => {
      const world = createRoundWorld(["a", "b"]);
      world.imageService.store.add("b");
      mark(world, { verdict: "succeeded" });
      const result = await run(world);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
      assert.deepEqual(world.nodeApi.methods(), ["read", "write", "read", "write"]);
      assert.deepEqual(
        world.nodeApi.writes().map(({ label }) => label),
        [undefined, "succeeded"],
      );
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
    });

    it("takes a succeeded away before its first PullImage", async () => {
      const world = createRoundWorld(["a", "b"]);
      world.imageService.store.add("b");
      mark(world, { verdict: "succeeded" });
      // Whoever did not wait for the answer would be at the pull by then.
      world.nodeApi.onWrite(() => new Promise((resolve) => setImmediate(() => resolve(undefined))));
      let labelAtPull: string | undefined = "not pulled";
      world.imageService.onPull("a", () => {
        labelAtPull = world.nodeApi.marks.label;
        assert.deepEqual([annotationOf(world).verdict, annotationOf(world).present], ["none", 1]);
        return undefined;
      });
      await run(world);
      assert.equal(labelAtPull, undefined);
    });

    it("takes another revision's verdict away, be it failed", async () => {
      const world = createRoundWorld(["a"]);
      mark(world, { verdict: "failed", revision: "1-ffffffffffff" });
      await run(world);
      assert.deepEqual(world.nodeApi.writes()[0]?.label, undefined);
      assert.match(world.nodeApi.writes()[0]?.annotation ?? "", /"verdict":"none"/);
    });

    it("takes a label away that has no annotation", async () => {
      const world = createRoundWorld(["a"]);
      world.nodeApi.marks = { label: "succeeded", annotation: undefined };
      await run(world);
      assert.deepEqual(
        world.nodeApi.writes().map(({ label }) => label),
        [undefined, "succeeded"],
      );
    });

    it("leaves a failed of the same revision until it is better known", async () => {
      const world = createRoundWorld(["a"]);
      mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
      await run(world);
      assert.deepEqual(world.nodeApi.methods(), ["read", "read", "write"]);
      assert.deepEqual(
        world.nodeApi.writes().map(({ label }) => label),
        ["succeeded"],
      );
    });

    it("writes nothing where it fails for the same reasons again", async () => {
      const world = createRoundWorld(["a"]);
      world.imageService.onPull("a", failedWith("not_found"));
      mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
      const result = await run(world);
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
      assert.deepEqual(world.nodeApi.methods(), ["read", "read"]);
    });

    it("writes failed with what failed, and pulls the others all the same", async () => {
      const world = createRoundWorld(["a", "b", "Invalid"]);
      world.imageService.onPull("a", failedWith("not_found"));
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

    it("confirms each image once in a process", async () => {
      const world = createRoundWorld(["a", "b"], { pullPolicy: "Always" });
      world.imageService.store.add("a").add("b");
      world.imageService.onPull("b", failedWith("not_found"));
      const first = await run(world);
      assert.ok(first.kind === "verdict" && first.verdict === "failed");
      const second = await run(world);
      assert.ok(second.kind === "verdict" && second.verdict === "succeeded");
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "b"]);
    });

    it("is failed for an image that is there and was never confirmed", async () => {
      const world = createRoundWorld(["a"], { pullPolicy: "Always" });
      world.imageService.store.add("a");
      world.imageService.onPull("a", failedWith("unauthorized"));
      await run(world);
      assert.equal(world.nodeApi.marks.label, "failed");
      assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "unauthorized" }]);
    });

    it("takes a succeeded away where an image is missing", async () => {
      const world = createRoundWorld(["a"], { pullPolicy: "Always" });
      mark(world, { verdict: "succeeded" });
      await run(world);
      assert.deepEqual(
        world.nodeApi.writes().map(({ label }) => label),
        [undefined, "succeeded"],
      );
    });
  });

  describe("with another owner's annotation on the Node", () => {
    const foreign = { label: "succeeded", annotation: '{"v":1,"owner":"default/yours"}' };

    it("looks at nothing, pulls nothing and writes nothing", async () => {
      const world = createRoundWorld(["a"]);
      world.nodeApi.marks = foreign;
      assert.deepEqual(await run(world), { kind: "foreign-owner", owner: "default/yours" });
      assert.deepEqual(world.imageService.requests, []);
      assert.deepEqual(world.nodeApi.methods(), ["read"]);
    });

    it("works on where that owner is taken over", async () => {
      const world = createRoundWorld(["a"], { takeOver: "default/yours" });
      world.nodeApi.marks = foreign;
      assert.equal((await run(world)).kind, "verdict");
      assert.equal(annotationOf(world).owner, "default/my-images");
    });

    it("writes nothing where the owner came during the pulls", async () => {
      const world = createRoundWorld(["a"]);
      mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
      world.imageService.onPull("a", () => {
        world.nodeApi.marks = foreign;
        return undefined;
      });
      assert.deepEqual(await run(world), { kind: "foreign-owner", owner: "default/yours" });
      assert.deepEqual(world.nodeApi.writes(), []);
    });
  });

  describe("with a Node that is gone", () => {
    it("ends before any look", async () => {
      const world = createRoundWorld(["a"]);
      world.nodeApi.onRead({ kind: "gone" });
      assert.deepEqual(await run(world), { kind: "node-gone" });
      assert.deepEqual(world.imageService.requests, []);
    });

    it("ends after the pulls where it went meanwhile", async () => {
      const world = createRoundWorld(["a"]);
      world.nodeApi.onRead(() => undefined, { kind: "gone" });
      assert.deepEqual(await run(world), { kind: "node-gone" });
    });
  });

  describe("without the API server", () => {
    it("pulls all the same and writes when it is back", async () => {
      const world = createRoundWorld(["a"]);
      world.nodeApi.onRead(unavailable, unavailable, unavailable);
      const result = await run(world);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
      assert.deepEqual(world.nodeApi.methods(), ["read", "read", "read", "read", "write"]);
      assert.deepEqual(world.log.fieldsOf("the Node could not be read yet"), [
        { error: "connection refused" },
      ]);
    });

    it("reads before it writes where all is there but the Node is unknown", async () => {
      const world = createRoundWorld(["a"]);
      world.imageService.store.add("a");
      const refused = { kind: "refused", message: "no rights yet" } as const;
      world.nodeApi.onRead(refused, refused, refused);
      await run(world);
      assert.deepEqual(world.nodeApi.methods(), ["read", "read", "read", "read", "write"]);
    });

    it("pulls nothing where another owner's annotation is read at the second try", async () => {
      const world = createRoundWorld(["a"]);
      world.nodeApi.marks = { label: "succeeded", annotation: '{"v":1,"owner":"elsewhere/former"}' };
      world.nodeApi.onRead(unavailable);
      assert.deepEqual(await run(world), { kind: "foreign-owner", owner: "elsewhere/former" });
      assert.deepEqual(world.imageService.requests, []);
    });

    it("withdraws at the second try what the first could not", async () => {
      const world = createRoundWorld(["a"]);
      mark(world, { verdict: "succeeded" });
      world.nodeApi.onWrite(unavailable);
      let labelAtPull: string | undefined = "not pulled";
      world.imageService.onPull("a", () => {
        labelAtPull = world.nodeApi.marks.label;
        return undefined;
      });
      await run(world);
      assert.equal(labelAtPull, undefined);
    });

    it("pulls all the same where the label could not be withdrawn, and writes the verdict over it", async () => {
      const world = createRoundWorld(["a"]);
      mark(world, { verdict: "succeeded" });
      world.nodeApi.onWrite(unavailable, unavailable, unavailable);
      world.imageService.onPull("a", failedWith("not_found"));
      await run(world);
      assert.deepEqual(
        world.nodeApi.writes().map(({ label }) => label),
        [undefined, undefined, undefined, "failed"],
      );
      assert.equal(world.nodeApi.marks.label, "failed");
      assert.equal(world.log.fieldsOf("the label could not be removed; pulling goes on").length, 1);
    });
  });

  it("writes no verdict when the process is told to end, and cancels the pulls", async () => {
    const world = createRoundWorld(["a", "b"]);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
    const controller = new AbortController();
    world.imageService.onPull("a", "hangs");
    const round = runRound(world, controller.signal);
    await world.clock.advance(1_000);
    controller.abort(new Error("told to end"));
    await assert.rejects(round, /told to end/);
    assert.deepEqual(world.imageService.cancelled, ["a"]);
    assert.deepEqual(world.nodeApi.writes(), []);
    assert.equal(world.clock.pendingCount(), 0);
  });
});
