import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "../testing/fake-image-service.ts";
import { createPrefetchWorld, type PrefetchWorld } from "../testing/prefetch-world.ts";

const minuteMs = 60_000;
const waitLine = "waiting for the next round";
const roundsOf = (world: PrefetchWorld) => world.log.fieldsOf("round ended").length;
const labelsOf = (world: PrefetchWorld) => world.nodeApi.writes().map(({ label }) => label);

describe("prefetch(), after a round that failed,", () => {
  it("ends with 0 under continue, and failed stays", async () => {
    const world = createPrefetchWorld({ onFailure: "continue" });
    world.imageService.alwaysOnPull("a", failedWith("not_found", "no such tag"));
    const result = await world.finish("a");
    assert.equal(result.exitCode, 0);
    assert.match(result.message, /^failed: 0 of 1 .*\na: not_found: no such tag$/);
    assert.equal(world.nodeApi.marks.label, "failed");
  });

  it("ends with 1 under exit", async () => {
    const world = createPrefetchWorld({ onFailure: "exit" });
    world.imageService.alwaysOnPull("a", failedWith("not_found"));
    assert.equal((await world.finish("a")).exitCode, 1);
  });

  it("goes on under retry until all is there, and waits twice as long each time", async () => {
    const world = createPrefetchWorld();
    // One attempt a round, so that the rounds' own waits are all that passes; the time to pull ends none of them.
    world.imageService.onPull("a", ...Array(7).fill(failedWith("evicted")));
    assert.equal((await world.finish("a")).exitCode, 0);
    const delays = world.log.fieldsOf(waitLine).map(({ delayMs }) => Number(delayMs));
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
    const world = createPrefetchWorld();
    world.imageService.onPull("a", failedWith("signature"));
    await world.finish("a", "b");
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "a"]);
  });

  it("says failed on the Node while it waits, and succeeded at the end", async () => {
    const world = createPrefetchWorld();
    world.imageService.onPull("a", failedWith("signature"));
    await world.finish("a");
    assert.deepEqual(labelsOf(world), [undefined, "failed", "succeeded"]);
  });

  it("waits the longest at once where only permanent failures are left", async () => {
    const world = createPrefetchWorld();
    world.imageService.onPull("a", failedWith("unauthorized"), failedWith("unauthorized"));
    await world.finish("a", "b");
    assert.deepEqual(world.log.fieldsOf(waitLine), [{ delayMs: 15 * minuteMs }]);
  });

  it("does not where one failure of several may heal", async () => {
    const world = createPrefetchWorld();
    world.imageService.onPull("a", failedWith("signature"));
    world.imageService.onPull("b", failedWith("evicted"));
    await world.finish("a", "b");
    assert.deepEqual(world.log.fieldsOf(waitLine), [{ delayMs: minuteMs / 2 }]);
  });

  it("asks only why required entries failed how long to wait", async () => {
    const world = createPrefetchWorld();
    world.imageService.onPull("a", failedWith("signature"));
    world.imageService.onPull("b", failedWith("evicted"));
    await world.finish("a", "b required=false");
    assert.deepEqual(world.log.fieldsOf(waitLine), [{ delayMs: 15 * minuteMs }]);
  });

  it("confirms an image with its registry once a process under Always", async () => {
    const world = createPrefetchWorld({ pullPolicy: "Always" });
    world.imageService.store.add("a").add("b");
    world.imageService.onPull("b", failedWith("signature"));
    assert.equal((await world.finish("a", "b")).exitCode, 0);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "b"]);
  });

  it("makes 3 attempts and no write in each further round, ten rounds long", async () => {
    const world = createPrefetchWorld();
    world.imageService.alwaysOnPull("a", failedWith("not_found"));
    world.imageService.alwaysOnPull("b", failedWith("not_found"));
    const controller = new AbortController();
    const ended = world.run(["a", "b", "c"], controller.signal);
    ended.catch(() => {});
    while (roundsOf(world) < 10) await world.clock.advance(minuteMs);
    controller.abort(new Error("told to end"));
    await assert.rejects(ended, /told to end/);

    const pulls = world.imageService.referencesOf("pullImage");
    const pullsOf = (image: string) => pulls.filter((pulled) => pulled === image).length;
    assert.deepEqual([pullsOf("a"), pullsOf("b"), pullsOf("c")], [30, 30, 1]);
    assert.ok(world.imageService.mostPullsAtOnce() <= 4);
    // The removal and the verdict; a read when a round begins and one when it ends.
    assert.deepEqual(labelsOf(world), [undefined, "failed"]);
    assert.equal(world.nodeApi.methods().filter((method) => method === "read").length, 20);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("writes once more where what fails has changed", async () => {
    const world = createPrefetchWorld();
    world.imageService.onPull("a", failedWith("signature"), failedWith("evicted"), failedWith("evicted"));
    await world.finish("a");
    assert.deepEqual(labelsOf(world), [undefined, "failed", "failed", "succeeded"]);
  });
});

describe("prefetch(), with optional entries,", () => {
  it("ends with 0 after one round where only they failed, for good, and says so", async () => {
    const world = createPrefetchWorld();
    world.imageService.alwaysOnPull("b", failedWith("not_found", "no such tag"));
    const result = await world.finish("a", "b required=false");
    assert.equal(result.exitCode, 0);
    assert.match(result.message, /^succeeded: 1 of 2 images .*\nb \(optional\): not_found: no such tag$/);
    assert.equal(roundsOf(world), 1);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("tries them in each round that a required entry brings about", async () => {
    const world = createPrefetchWorld();
    world.imageService.onPull("a", failedWith("signature"));
    world.imageService.alwaysOnPull("b", failedWith("signature"));
    assert.equal((await world.finish("a", "b required=false")).exitCode, 0);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b", "a", "b"]);
  });

  it("warns of their failures, and keeps errors for required ones", async () => {
    const world = createPrefetchWorld({ onFailure: "exit" });
    world.imageService.alwaysOnPull("a", failedWith("signature"));
    world.imageService.alwaysOnPull("b", failedWith("signature"));
    await world.finish("a", "b required=false");
    const told = world.log.lines.filter(({ message }) => message.endsWith("image failed"));
    assert.deepEqual(
      told.map(({ level, message, fields }) => [level, message, fields.image]),
      [
        ["error", "image failed", "a"],
        ["warn", "optional image failed", "b"],
      ],
    );
  });
});
