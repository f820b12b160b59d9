import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { revisionOf } from "../revision.ts";
import type { PrefetchSettings } from "../settings.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createFakeImageService, failedWith } from "../testing/fake-image-service.ts";
import { createFakeNodeApi } from "../testing/fake-node-api.ts";
import { createRecordingLog } from "../testing/recording-log.ts";
import { prefetch } from "./prefetch.ts";

const never = new AbortController().signal;
const minuteMs = 60_000;

const defaults: PrefetchSettings = {
  instance: "my-images",
  owner: "default/my-images",
  takeOver: undefined,
  nodeName: "node-1",
  sample: false,
  list: { kind: "arguments", lines: [] },
  revision: undefined,
  pullPolicy: "IfNotPresent",
  concurrency: 4,
  pullTimeoutMs: 60 * minuteMs,
  onFailure: "retry",
  retryInitialDelayMs: minuteMs,
  retryMaxDelayMs: 30 * minuteMs,
  labelTimeoutMs: 2 * minuteMs,
  criSocket: "/run/containerd/containerd.sock",
  runtimeTimeoutMs: minuteMs,
  terminationMessagePath: "",
};

function createWorld(settings: Partial<PrefetchSettings> = {}) {
  const clock = createFakeClock();
  const world = {
    imageService: createFakeImageService(),
    nodeApi: createFakeNodeApi(),
    clock,
    log: createRecordingLog(),
    random: () => 0,
    socketsIn: async (folder: string) => [`${folder}/other.sock`],
  };
  const run = (lines: readonly string[], signal = never) =>
    prefetch({ ...defaults, ...settings }, lines, world, signal);
  return { ...world, run, finish: (...lines: readonly string[]) => clock.finish(run(lines)) };
}

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
    const key = "image-prefetcher.stackrox.io/my-images";
    const needed = ["default/yours", "default/my-images", "takeOver=default/yours"];
    for (const text of [
      ...needed,
      `kubectl label nodes --all ${key}-`,
      `kubectl annotate nodes --all ${key}-`,
    ])
      assert.ok(result.message.includes(text), text);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), []);
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

  describe("after a round that failed", () => {
    it("ends with 0 under continue, and failed stays", async () => {
      const world = createWorld({ onFailure: "continue" });
      world.imageService.alwaysOnPull("a", failedWith("not_found", "no such tag"));
      const result = await world.finish("a");
      assert.equal(result.exitCode, 0);
      assert.match(result.message, /^failed: 0 of 1 .*\na: not_found: no such tag$/);
      assert.equal(world.nodeApi.marks.label, "failed");
    });

    it("ends with 1 under exit", async () => {
      const world = createWorld({ onFailure: "exit" });
      world.imageService.alwaysOnPull("a", failedWith("not_found"));
      assert.equal((await world.finish("a")).exitCode, 1);
    });

    it("goes on under retry until all is there, and waits twice as long each time", async () => {
      const world = createWorld();
      world.imageService.onPull("a", ...Array(7).fill(failedWith("not_found")));
      assert.equal((await world.finish("a")).exitCode, 0);
      const delays = world.log.fieldsOf("waiting for the next round").map(({ delayMs }) => Number(delayMs));
      // Half is fixed, and this world's jitter adds nothing to it.
      assert.deepEqual(
        delays.map((delayMs) => (delayMs * 2) / minuteMs),
        [1, 2, 4, 8, 16, 30, 30],
      );
      assert.equal(
        world.clock.nowMs(),
        delays.reduce((sum, delayMs) => sum + delayMs),
      );
    });

    it("pulls in the next round only what is missing", async () => {
      const world = createWorld();
      world.imageService.onPull("a", failedWith("not_found"));
      await world.finish("a", "b");
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "a"]);
    });

    it("says failed on the Node while it waits, and succeeded at the end", async () => {
      const world = createWorld();
      world.imageService.onPull("a", failedWith("not_found"));
      await world.finish("a");
      assert.deepEqual(
        world.nodeApi.writes().map(({ label }) => label),
        [undefined, "failed", "succeeded"],
      );
    });

    it("waits the longest at once where only permanent failures are left", async () => {
      const world = createWorld();
      world.imageService.onPull("a", failedWith("unauthorized"));
      await world.finish("a", "b");
      assert.deepEqual(world.log.fieldsOf("waiting for the next round"), [{ delayMs: 15 * minuteMs }]);
    });

    it("does not where one failure of several may heal", async () => {
      const world = createWorld();
      world.imageService.onPull("a", failedWith("unauthorized"));
      world.imageService.onPull("b", failedWith("not_found"));
      await world.finish("a", "b");
      assert.deepEqual(world.log.fieldsOf("waiting for the next round"), [{ delayMs: minuteMs / 2 }]);
    });

    it("confirms an image with its registry once a process under Always", async () => {
      const world = createWorld({ pullPolicy: "Always" });
      world.imageService.store.add("a").add("b");
      world.imageService.onPull("b", failedWith("not_found"));
      assert.equal((await world.finish("a", "b")).exitCode, 0);
      assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "b"]);
    });
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
