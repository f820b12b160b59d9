import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Look } from "./look.ts";
import type { NodeMarks } from "./node-api.ts";
import type { RoundContext } from "./round-context.ts";
import { failedWith, storedImage } from "./testing/fake-image-service.ts";
import { endsOf, nothingThere, pullAll } from "./testing/pull-world.ts";
import { createRoundWorld } from "./testing/round-world.ts";
import { createTimedImageService } from "./testing/timed-image-service.ts";

const s = 1_000;
const bug = new TypeError("a bug");
const pressure: NodeMarks = { label: undefined, annotation: undefined, isUnderDiskPressure: true };

const present = (imageReference: string, sizeBytes: number) =>
  ({ kind: "present", image: { ...storedImage(imageReference), sizeBytes } }) as const;

describe("createPullsOfRound(), by the state of the disk", () => {
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
      const look: Look = {
        ...nothingThere,
        answerFor: ({ line }) => present(line, line === "b" ? 150 / 4 : 2),
      };
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

    it("takes no size that it was not told for a small one", async () => {
      // 90 bytes for what is under way, of which each keeps 50 while no size is known.
      const world = worldOf({ diskSpace: () => ({ freeBytes: 290, totalBytes: 1_000 }) });
      for (const line of lines) world.imageService.onStatus(line, failedWith("unknown"));
      await pullAll(world);
      assert.deepEqual(startsOf(world), [0, 0, 10, 10, 20, 20]);
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
});
