import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDiskGate } from "./disk-gate.ts";
import type { PullAnswer } from "./image-service.ts";
import { stateOf, untilPassable } from "./testing/at-gate.ts";
import { createDiskWorld } from "./testing/disk-world.ts";
import { failedWith } from "./testing/fake-image-service.ts";

const s = 1_000;
const never = new AbortController().signal;
const told = new Error("told to end");
const pulled: PullAnswer = { kind: "pulled", imageId: "sha256:0123" };
const noSpace = failedWith("no_space", "no space left on device");

describe("createDiskGate(), while attempts are under way", () => {
  describe("with the size of an image known", () => {
    it("keeps four times that much for each attempt under way, and lets the next pass as soon as one ends", async () => {
      const { gate, disk, clock } = createDiskWorld();
      disk.largestImageBytes = 150 / 4;
      const leaves = [1, 2, 3].map(() => {
        assert.equal(stateOf(gate), "open");
        return gate.enter();
      });
      const waiting = untilPassable(gate, never);
      await clock.advance(3_600 * s);
      assert.equal(stateOf(gate), "wait");
      leaves[0]?.(pulled);
      assert.equal(await waiting, "open");
      assert.deepEqual([disk.freeBytes, clock.pendingCount()], [500, 0]);
    });

    it("takes a size that is learnt while attempts are under way", () => {
      const { gate, disk } = createDiskWorld();
      gate.enter();
      assert.equal(stateOf(gate), "open");
      disk.largestImageBytes = 301 / 4;
      assert.equal(stateOf(gate), "wait");
      disk.largestImageBytes = 300 / 4;
      assert.equal(stateOf(gate), "open");
    });

    it("never holds an attempt back where none is under way, however large the image", async () => {
      const { gate, disk } = createDiskWorld();
      disk.largestImageBytes = 5_000;
      for (const answer of [pulled, failedWith("not_found"), undefined]) {
        assert.equal(stateOf(gate), "open");
        const leave = gate.enter();
        assert.equal(stateOf(gate), "wait");
        leave(answer);
      }
      assert.equal(stateOf(gate), "open");
    });

    it("neither closes nor holds the others for want of a reserve", () => {
      const { gate, disk, log } = createDiskWorld();
      disk.largestImageBytes = 5_000;
      const leave = gate.enter();
      for (let times = 1; times <= 5; times += 1) assert.equal(stateOf(gate), "wait");
      leave(pulled);
      assert.equal(stateOf(gate), "open");
      assert.deepEqual(log.lines, []);
    });
  });

  describe("turned off", () => {
    it("neither looks at the disk nor at the pressure", () => {
      const { gate, disk, timesRead } = createDiskWorld({ minFreePercent: 0 });
      Object.assign(disk, { freeBytes: 0, isUnderPressure: true, largestImageBytes: 5_000 });
      gate.enter();
      assert.equal(stateOf(gate), "open");
      assert.equal(timesRead(), 0);
    });

    it("holds and tries once more all the same where the runtime says that the disk is full", async () => {
      const { gate, clock, timesAsked } = createDiskWorld({ minFreePercent: 0 });
      gate.enter()(noSpace);
      assert.equal(await clock.finish(untilPassable(gate, never)), "open");
      assert.deepEqual([clock.nowMs(), timesAsked()], [60 * s, 0]);
      gate.enter()(noSpace);
      assert.equal(stateOf(gate), "closed");
    });
  });

  describe("when the signal aborts", () => {
    it("lets go of those who wait for the end of a hold, and keeps no timer", async () => {
      const { gate, disk, clock } = createDiskWorld();
      disk.freeBytes = 0;
      const controller = new AbortController();
      const waiting = untilPassable(gate, controller.signal);
      controller.abort(told);
      await assert.rejects(waiting, told);
      assert.equal(clock.pendingCount(), 0);
    });

    it("lets go of those who wait for the reserve", async () => {
      const { gate, disk } = createDiskWorld();
      disk.largestImageBytes = 5_000;
      gate.enter();
      const controller = new AbortController();
      const waiting = untilPassable(gate, controller.signal);
      controller.abort(told);
      await assert.rejects(waiting, told);
    });
  });

  it("goes on by what it knew where the pressure cannot be asked for", async () => {
    const world = createDiskWorld();
    const gate = createDiskGate({
      ...world,
      diskPressure: { isReported: () => true, ask: () => Promise.reject(new TypeError("a bug")) },
    });
    const held = untilPassable(gate, never);
    await assert.rejects(world.clock.finish(held), /a bug/);
    assert.equal(stateOf(gate), "closed");
  });

  it("lets those who wait look again although what it says cannot be said", async () => {
    const world = createDiskWorld();
    const warn = () => {
      throw new TypeError("a bug");
    };
    const gate = createDiskGate({ ...world, log: { ...world.log, warn } });
    world.disk.largestImageBytes = 5_000;
    const leave = gate.enter();
    const waiting = untilPassable(gate, never);
    assert.throws(() => leave(noSpace), /a bug/);
    assert.equal(await world.clock.finish(waiting), "open");
  });
});
