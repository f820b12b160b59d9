import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBackoff } from "./backoff.ts";
import { createPullsOfRound } from "./pulls-of-round.ts";
import type { RoundContext } from "./round-context.ts";
import { failedWith, storedImage } from "./testing/fake-image-service.ts";
import { endsOf, nothingThere, pullAll } from "./testing/pull-world.ts";
import { createRoundWorld, type RoundWorld } from "./testing/round-world.ts";
import { createTimedImageService } from "./testing/timed-image-service.ts";

const s = 1_000;
const never = new AbortController().signal;
const bug = new TypeError("a bug");

describe("createPullsOfRound()", () => {
  it("pulls each image, and has how each ended by its key", async () => {
    const world = createRoundWorld(["a", "quay.io/b", "c"]);
    world.imageService.onPull("quay.io/b", failedWith("signature"));
    assert.deepEqual(endsOf(await pullAll(world)), [
      ["docker.io/library/a:latest", "pulled"],
      ["quay.io/b:latest", "signature"],
      ["docker.io/library/c:latest", "pulled"],
    ]);
  });

  it("confirms what was pulled, and nothing else", async () => {
    const world = createRoundWorld(["a", "b"]);
    world.imageService.onPull("b", failedWith("signature"));
    await pullAll(world);
    assert.deepEqual([...world.confirmed], ["docker.io/library/a:latest"]);
  });

  it("tells the log of each pull as it ends", async () => {
    const world = createRoundWorld(["a", "b"]);
    world.imageService.alwaysOnPull("a", failedWith("unavailable"));
    const pulls = createPullsOfRound(world, nothingThere, undefined);
    const all = pulls.pullAll(world.entries, never);
    await world.clock.advance(1);
    assert.deepEqual([...pulls.results.keys()], ["docker.io/library/b:latest"]);
    assert.deepEqual(
      world.log.fieldsOf("image pulled").map(({ image, digests }) => [image, digests]),
      [["b", storedImage("b").repoDigests]],
    );
    await world.clock.finish(all);
    assert.deepEqual(
      world.log.fieldsOf("image failed").map(({ reason }) => reason),
      ["unavailable"],
    );
  });

  it("goes one at a time in a later round where the registry has throttled the process, and asks at once", async () => {
    const world = createRoundWorld(["a", "b", "quay.io/c"]);
    const answers = ["throttled", "throttled", "throttled"] as const;
    const first = createTimedImageService(world.clock, (_, callNumber) => ({
      takesMs: 0,
      reason: answers[callNumber - 1],
    }));
    const lone = { ...world, imageService: first, entries: world.entries.slice(0, 1) };
    assert.deepEqual(endsOf(await pullAll(lone)), [["docker.io/library/a:latest", "throttled"]]);
    const endMs = world.clock.nowMs();
    const second = createTimedImageService(world.clock, () => ({ takesMs: 5 * s, reason: undefined }));
    await pullAll({ ...world, imageService: second });
    assert.deepEqual(
      second.pulls.map(({ imageReference, startMs }) => [imageReference, startMs - endMs]),
      [
        ["a", 0],
        ["quay.io/c", 0],
        ["b", 5 * s],
      ],
    );
  });

  it("has failed with 20 images, 4 at once, within 3 minutes where every connection is refused", async () => {
    const lines = Array.from(
      { length: 20 },
      (_, index) => `registry-${index % 3}.example.com/image-${index}`,
    );
    for (const jitter of [0, 1]) {
      const world = createRoundWorld(lines, { backoff: createBackoff(() => jitter) });
      const imageService = createTimedImageService(world.clock, () => ({
        takesMs: 2 * s,
        reason: "unavailable",
      }));
      const results = await pullAll({ ...world, imageService });
      assert.deepEqual(
        endsOf(results).map(([, end]) => end),
        Array(20).fill("unavailable"),
      );
      assert.equal(imageService.pulls.length, 100);
      assert.ok(world.clock.nowMs() <= 180 * s, `${world.clock.nowMs()} ms`);
    }
  });

  describe("where the agent is at fault", () => {
    const broken = (world: RoundWorld): RoundContext => ({
      ...world,
      report: {
        ...world.report,
        pullEnded: (entry, ...rest) => {
          if (entry.line === "a") throw bug;
          world.report.pullEnded(entry, ...rest);
        },
      },
    });

    it("fails the entry as internal whose end cannot be told, says so, and the others are pulled", async () => {
      const world = createRoundWorld(["a", "b"]);
      const pulls = createPullsOfRound(broken(world), nothingThere, undefined);
      await pulls.pullAll(world.entries, never);
      assert.deepEqual(endsOf(pulls.results), [
        ["docker.io/library/a:latest", "internal"],
        ["docker.io/library/b:latest", "pulled"],
      ]);
      const [fault] = world.log.fieldsOf("a fault of the agent itself");
      assert.equal(fault?.image, "a");
      assert.match(String(fault?.error), /a bug/);
    });

    it("rejects where not even that can be said, and only once the others have ended", async () => {
      const world = createRoundWorld(["a", "b"]);
      world.imageService.onPull("b", failedWith("unavailable"));
      const log = {
        ...world.log,
        error: () => {
          throw bug;
        },
      };
      const pulls = createPullsOfRound({ ...broken(world), log }, nothingThere, undefined);
      await assert.rejects(world.clock.finish(pulls.pullAll(world.entries, never)), bug);
      assert.deepEqual(endsOf(pulls.results).at(-1), ["docker.io/library/b:latest", "pulled"]);
    });
  });

  it("rejects with the reason when the process is told to end, once every call was cancelled", async () => {
    const told = new Error("told to end");
    const world = createRoundWorld(["a", "b", "c"], { concurrency: 2 });
    for (const line of ["a", "b", "c"]) world.imageService.onPull(line, "hangs");
    const controller = new AbortController();
    const all = createPullsOfRound(world, nothingThere, undefined).pullAll(world.entries, controller.signal);
    await world.clock.advance(1 * s);
    controller.abort(told);
    await assert.rejects(all, told);
    assert.deepEqual(world.imageService.cancelled, ["a", "b"]);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b"]);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("asks the runtime nothing more of an image that was pulled as the process was told to end", async () => {
    const world = createRoundWorld(["a"]);
    const controller = new AbortController();
    world.imageService.onPull("a", () => {
      controller.abort(new Error("told to end"));
      return undefined;
    });
    const pulls = createPullsOfRound(world, nothingThere, undefined);
    await pulls.pullAll(world.entries, controller.signal);
    assert.equal(world.log.fieldsOf("image pulled").length, 1);
    assert.deepEqual(world.imageService.referencesOf("imageStatus"), []);
  });
});
