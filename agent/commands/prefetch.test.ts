import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { revisionOf } from "../revision.ts";
import { failedWith } from "../testing/fake-image-service.ts";
import { createPrefetchWorld as createWorld } from "../testing/prefetch-world.ts";

const minuteMs = 60_000;

describe("prefetch()", () => {
  it("ends with 0 once all is there, and says so", async () => {
    const world = createWorld();
    assert.deepEqual(await world.finish("a", "b"), {
      exitCode: 0,
      message: `succeeded: 2 of 2 images are there (revision ${revisionOf("IfNotPresent", ["a", "b"])})`,
    });
    assert.equal(world.nodeApi.marks.label, "succeeded");
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("pulls no more images at once than concurrency says", async () => {
    const world = createWorld({ concurrency: 2 });
    const aWhile = () => new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)));
    for (const image of ["a", "b", "c", "d"]) world.imageService.onPull(image, aWhile);
    await world.finish("a", "b", "c", "d");
    assert.equal(world.imageService.mostPullsAtOnce(), 2);
  });

  describe("with a list that cannot be worked on", () => {
    it("ends with 2 for an empty list, and asks nobody", async () => {
      const world = createWorld();
      const result = await world.finish();
      assert.equal(result.exitCode, 2);
      assert.match(result.message, /the list is empty/);
      assert.deepEqual([world.imageService.requests, world.nodeApi.requests], [[], []]);
    });

    it("ends with 2 where the list has another revision than it should, and asks nobody", async () => {
      const world = createWorld({ revision: "1-ffffffffffff" });
      const result = await world.finish("a");
      assert.equal(result.exitCode, 2);
      assert.match(result.message, new RegExp(`${revisionOf("IfNotPresent", ["a"])}.*1-ffffffffffff`));
      assert.deepEqual([world.imageService.requests, world.nodeApi.requests], [[], []]);
    });

    it("ends with 2 where no entry is required, and asks nobody", async () => {
      const world = createWorld();
      const result = await world.finish("a required=false", "b platforms=linux/arm64 required=false");
      assert.equal(result.exitCode, 2);
      assert.match(result.message, /no required entry.*leave out required=false/);
      assert.deepEqual([world.imageService.requests, world.nodeApi.requests], [[], []]);
    });

    it("works where the revision is the list's", async () => {
      const world = createWorld({ revision: revisionOf("IfNotPresent", ["a"]) });
      assert.equal((await world.finish("a")).exitCode, 0);
    });
  });

  it("ends with 5 without a usable runtime, names the sockets that lie there, and touches no label", async () => {
    const world = createWorld();
    world.imageService.onVersion(...Array(200).fill(failedWith("runtime_down", "connect ENOENT")));
    const result = await world.finish("a");
    assert.equal(result.exitCode, 5);
    assert.match(
      result.message,
      /\/run\/containerd\/containerd\.sock within 60 s: connect ENOENT; .*: \/run\/containerd\/other\.sock/,
    );
    assert.equal(world.clock.nowMs(), minuteMs);
    assert.deepEqual(world.nodeApi.requests, []);
  });

  it("ends with 4 where the label is another owner's, and says how to go on", async () => {
    const world = createWorld();
    world.nodeApi.marks = { label: "succeeded", annotation: '{"owner":"default/yours"}' };
    const result = await world.finish("a");
    assert.equal(result.exitCode, 4);
    const cleanup = "prefetcher cleanup --instance my-images --owner default/yours";
    for (const text of ["default/yours", "default/my-images", "takeOver=default/yours", cleanup])
      assert.ok(result.message.includes(text), text);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), []);
  });

  it("counts the revision over the entries' one spelling, however they are written", async () => {
    const revision = revisionOf("IfNotPresent", ["a", "b required=false platforms=linux/amd64,linux/arm64"]);
    const world = createWorld({ revision });
    const spelt = "b  platforms=linux/arm64,linux/amd64,linux/arm64 required=false";
    assert.equal((await world.finish("a required=true", spelt, "a")).exitCode, 0);
  });

  it("ends with 0 and says none where every required entry is for other platforms", async () => {
    const world = createWorld();
    assert.deepEqual(await world.finish("a platforms=linux/arm64"), {
      exitCode: 0,
      message:
        "none: 0 of 1 images are there, 1 skipped as meant for other platforms " +
        `(revision ${revisionOf("IfNotPresent", ["a platforms=linux/arm64"])})`,
    });
    assert.equal(world.nodeApi.marks.label, undefined);
  });

  it("ends with 4 where another owner's annotation is read only while it pulls", async () => {
    const world = createWorld();
    const down = { kind: "unavailable", message: "connection refused" } as const;
    world.nodeApi.marks = { label: "failed", annotation: '{"owner":"default/yours"}' };
    world.nodeApi.onRead(down, down, down);
    world.imageService.onPull("a", "hangs");
    const result = await world.finish("a");
    assert.equal(result.exitCode, 4);
    assert.deepEqual(world.imageService.cancelled, ["a"]);
    assert.equal(world.nodeApi.marks.label, "failed");
  });

  it("ends with 3 where the verdict cannot be written, and says what it would have been", async () => {
    const world = createWorld();
    world.nodeApi.always({ kind: "unavailable", message: "connection refused" });
    const result = await world.finish("a");
    assert.equal(result.exitCode, 3);
    assert.match(
      result.message,
      /on node node-1: connection refused; given up after 120 s\nsucceeded: 1 of 1 images/,
    );
    const [summary] = world.log.fieldsOf("round ended");
    assert.deepEqual([summary?.isWritten, summary?.verdict, summary?.entries], [false, "succeeded", 1]);
  });

  it("ends with 0 where the Node is gone", async () => {
    const world = createWorld();
    world.nodeApi.onRead({ kind: "gone" });
    const result = await world.finish("a");
    assert.equal(result.exitCode, 0);
    assert.match(result.message, /node-1 is gone/);
  });

  it("rejects with the reason when the process is told to end between two rounds", async () => {
    const world = createWorld();
    const controller = new AbortController();
    world.imageService.alwaysOnPull("a", failedWith("not_found"));
    const result = world.run(["a"], controller.signal);
    await world.clock.advance(1_000);
    controller.abort(new Error("told to end"));
    await assert.rejects(result, /told to end/);
    assert.equal(world.clock.pendingCount(), 0);
  });
});
