import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBackoff } from "./backoff.ts";
import type { Look } from "./look.ts";
import type { NodeMarks } from "./node-api.ts";
import { createPullsOfRound } from "./pulls-of-round.ts";
import type { RoundContext } from "./round-context.ts";
import { failedWith, storedImage } from "./testing/fake-image-service.ts";
import { createRoundWorld, type RoundWorld } from "./testing/round-world.ts";
import { createTimedImageService } from "./testing/timed-image-service.ts";

const s = 1_000;
const never = new AbortController().signal;
const bug = new TypeError("a bug");
const nothingThere: Look = { startedAtMs: 0, answerFor: () => ({ kind: "absent" }) };
const pressure: NodeMarks = { label: undefined, annotation: undefined, isUnderDiskPressure: true };

/** Pulls the whole list of `world`; resolves with the images' keys and how each ended. */
async function pullAll(
  world: RoundWorld,
  { look = nothingThere, marks = undefined as NodeMarks | undefined } = {},
) {
  const pulls = createPullsOfRound(world, look, marks);
  await world.clock.finish(pulls.pullAll(world.entries, never));
  return pulls.results;
}

/** What became of each image: its failure's reason, or `pulled`. */
const endsOf = (results: Awaited<ReturnType<typeof pullAll>>) =>
  [...results].map(([key, result]) => [key, result.kind === "failed" ? result.failure.reason : "pulled"]);

const present = (imageReference: string, sizeBytes: number) =>
  ({ kind: "present", image: { ...storedImage(imageReference), sizeBytes } }) as const;

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
    assert.equal(world.log.fieldsOf("image pulled").length, 1);
    await world.clock.finish(all);
    assert.deepEqual(
      world.log.fieldsOf("image failed").map(({ reason }) => reason),
      ["unavailable"],
    );
  });

  describe("with sizes to reserve", () => {
    // Half of the disk is free and a fifth must stay free: 300 bytes for what is under way.
    const diskSpace = () => ({ freeBytes: 500, totalBytes: 1_000 });
    const lines = ["a", "b", "c", "d", "e", "f"];
    const worldOf = (settings: Partial<RoundContext> = {}) => {
      const world = createRoundWorld(lines, { diskSpace, ...settings });
      const imageService = createTimedImageService(world.clock, () => ({
        takesMs: 10 * s,
        reason: undefined,
      }));
      return { ...world, imageService };
    };
    const startsOf = (world: ReturnType<typeof worldOf>) =>
      world.imageService.pulls.map(({ startMs }) => startMs / s);

    it("learns them from what is there already", async () => {
      const world = worldOf();
      for (const line of lines) world.imageService.onStatus(line, present(line, 2));
      const look: Look = { ...nothingThere, answerFor: ({ line }) => present(line, line === "b" ? 150 / 4 : 2) };
      await pullAll(world, { look });
      assert.deepEqual(startsOf(world), [0, 0, 0, 10, 10, 10]);
    });

    it("learns them from each pull", async () => {
      const world = worldOf({ concurrency: 3 });
      for (const line of lines) world.imageService.onStatus(line, present(line, line === "a" ? 301 / 4 : 2));
      await pullAll(world);
      // `d` starts as `a` ends, a moment before the runtime says how large `a` is.
      assert.deepEqual(startsOf(world), [0, 0, 0, 10, 20, 30]);
    });

    it("goes on where the runtime does not say them, or throws", async () => {
      const world = worldOf();
      for (const line of lines) world.imageService.onStatus(line, line < "c" ? failedWith("unknown") : bug);
      const results = await pullAll(world);
      assert.deepEqual(new Set(endsOf(results).map(([, end]) => end)), new Set(["pulled"]));
      assert.deepEqual(startsOf(world), [0, 0, 0, 0, 10, 10]);
    });
  });

  describe("where the Node reports DiskPressure", () => {
    it("waits, asks once more for all that wait, and pulls where it is gone", async () => {
      const world = createRoundWorld(["a", "b", "quay.io/c"]);
      const results = await pullAll(world, { marks: pressure });
      assert.deepEqual(new Set(endsOf(results).map(([, end]) => end)), new Set(["pulled"]));
      assert.deepEqual(world.nodeApi.methods(), ["read"]);
      assert.equal(world.clock.nowMs(), 30 * s);
    });

    for (const [what, answer] of [
      ["it lasts", { kind: "node", marks: pressure }],
      ["the API server does not answer", { kind: "unavailable", message: "connection refused" }],
    ] as const) {
      it(`ends with no_space, and pulls nothing, where ${what}`, async () => {
        const world = createRoundWorld(["a", "b", "quay.io/c"]);
        world.nodeApi.onRead(answer);
        const results = await pullAll(world, { marks: pressure });
        assert.deepEqual(new Set(endsOf(results).map(([, end]) => end)), new Set(["no_space"]));
        assert.equal(results.size, 3);
        assert.deepEqual(world.nodeApi.methods(), ["read"]);
        assert.deepEqual(world.imageService.requests, []);
      });
    }

    it("does not ask again where the Node reported none, or was not read", async () => {
      for (const marks of [undefined, { ...pressure, isUnderDiskPressure: false }]) {
        const world = createRoundWorld(["a"]);
        await pullAll(world, { marks });
        assert.deepEqual([world.nodeApi.methods(), world.clock.nowMs()], [[], 0]);
      }
    });

    it("learns of it where the disk was full at first and has room again", async () => {
      let freeBytes = 0;
      const world = createRoundWorld(["a"], { diskSpace: () => ({ freeBytes, totalBytes: 100 }) });
      world.nodeApi.onRead(() => {
        freeBytes = 100;
        return { kind: "node", marks: pressure };
      });
      assert.deepEqual(endsOf(await pullAll(world)), [["docker.io/library/a:latest", "no_space"]]);
    });
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
});
