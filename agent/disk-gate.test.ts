import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDiskGate } from "./disk-gate.ts";
import { stateOf, untilPassable } from "./testing/at-gate.ts";
import { createDiskWorld } from "./testing/disk-world.ts";
import { failedWith } from "./testing/fake-image-service.ts";

const s = 1_000;
const never = new AbortController().signal;
const noSpace = failedWith("no_space", "no space left on device");

describe("createDiskGate()", () => {
  it("keeps a quarter of the minimum for each attempt under way while no image's size is known", () => {
    const { gate } = createDiskWorld();
    // 300 bytes are free beyond the minimum of 200, and 50 are kept for each.
    for (let attempts = 1; attempts <= 7; attempts += 1) {
      assert.equal(stateOf(gate), "open");
      gate.enter();
    }
    assert.equal(stateOf(gate), "wait");
  });

  it("lets pass with exactly the minimum free, and not with a byte less", () => {
    const { gate, disk } = createDiskWorld();
    disk.freeBytes = 200;
    assert.equal(stateOf(gate), "open");
    disk.freeBytes = 199;
    assert.equal(stateOf(gate), "wait");
  });

  it("does not judge a file system that tells no size", () => {
    const { gate, disk } = createDiskWorld();
    Object.assign(disk, { freeBytes: 0, totalBytes: 0 });
    assert.equal(stateOf(gate), "open");
  });

  const fulls: readonly [
    what: string,
    fill: (world: ReturnType<typeof createDiskWorld>) => void,
    why: RegExp,
  ][] = [
    [
      "has too little free",
      ({ disk }) => Object.assign(disk, { freeBytes: 199.9 }),
      /has 19\.9 % free.* 20 %/,
    ],
    ["is under pressure", ({ disk }) => Object.assign(disk, { isUnderPressure: true }), /DiskPressure/],
    ["is full by the runtime's word", ({ gate }) => gate.enter()(noSpace), /no space left on device/],
  ];
  for (const [what, fill, why] of fulls) {
    describe(`where the disk ${what}`, () => {
      for (const [jitter, holdMs] of [
        [0, 30 * s],
        [1, 60 * s],
      ] as const) {
        it(`holds all attempts together for ${holdMs / s} s with jitter ${jitter}, then asks once for pressure`, async () => {
          const world = createDiskWorld({ jitter });
          fill(world);
          const entries = [untilPassable(world.gate, never), untilPassable(world.gate, never)];
          await world.clock.advance(holdMs - 1);
          assert.equal(stateOf(world.gate), "wait");
          assert.equal(world.timesAsked(), 0);
          Object.assign(world.disk, { freeBytes: 500, isUnderPressure: false });
          await world.clock.advance(1);
          assert.deepEqual(await Promise.all(entries), ["open", "open"]);
          assert.equal(world.timesAsked(), 1);
          assert.equal(world.clock.pendingCount(), 0);
        });
      }

      it("holds in the measure that the process was given", async () => {
        const world = createDiskWorld({ scale: 0.1 });
        fill(world);
        await world.clock.finish(untilPassable(world.gate, never));
        assert.equal(world.clock.nowMs(), 6 * s);
      });

      it("closes with no_space where it is no better after that, and says both times why", async () => {
        const world = createDiskWorld();
        fill(world);
        const end = world.clock.finish(untilPassable(world.gate, never));
        if ((await end) === "open") world.gate.enter()(noSpace);
        const obstacle = world.gate.obstacle();
        assert.ok(obstacle?.kind === "closed");
        assert.equal(obstacle.failure.reason, "no_space");
        assert.match(obstacle.failure.message, why);
        assert.deepEqual(
          world.log.lines.map(({ level, message, fields }) => [level, message, fields.delayMs]),
          [
            ["warn", "the disk is too full; nothing is started for now", 60 * s],
            ["warn", "the disk is too full; nothing more is started in this round", undefined],
          ],
        );
        for (const { fields } of world.log.lines) assert.match(String(fields.error), why);
      });
    });
  }

  it("does not show a share that is just below the minimum as the minimum", async () => {
    const { gate, disk, log } = createDiskWorld();
    disk.freeBytes = 199.99;
    gate.obstacle();
    assert.equal(
      log.lines[0]?.fields.error,
      "the disk has 19.9 % free, and a pull starts only where 20 % are (disk.minFreePercent, --disk-min-free-percent)",
    );
  });

  it("closes at the second time however long after the first", async () => {
    const { gate, disk, clock } = createDiskWorld();
    disk.freeBytes = 0;
    gate.obstacle();
    disk.freeBytes = 500;
    await clock.finish(untilPassable(gate, never));
    await clock.advance(3_600 * s);
    disk.freeBytes = 0;
    assert.equal(stateOf(gate), "closed");
    disk.freeBytes = 500;
    assert.equal(stateOf(gate), "closed");
  });

  it("takes the answer of the hold's end for the pressure, not what was known before", async () => {
    const world = createDiskWorld();
    world.disk.isUnderPressure = true;
    world.onAsk(() => {
      world.disk.isUnderPressure = false;
    });
    assert.equal(await world.clock.finish(untilPassable(world.gate, never)), "open");
  });

  it("asks once for all, and starts nothing before the answer has come, whoever comes meanwhile", async () => {
    const world = createDiskWorld();
    const answer = Promise.withResolvers<void>();
    let asks = 0;
    const ask = () => {
      asks += 1;
      return answer.promise;
    };
    const gate = createDiskGate({ ...world, diskPressure: { ...world.diskPressure, ask } });
    world.disk.isUnderPressure = true;
    const held = [untilPassable(gate, never), untilPassable(gate, never)];
    await world.clock.advance(60 * s);
    const late = untilPassable(gate, never);
    await world.clock.advance(5 * s);
    assert.equal(stateOf(gate), "wait");
    world.disk.isUnderPressure = false;
    answer.resolve();
    assert.deepEqual(await Promise.all([...held, late]), ["open", "open", "open"]);
    assert.equal(asks, 1);
  });

  it("counts attempts that were under way together once, and waits for the rest of the hold", async () => {
    const { gate, clock } = createDiskWorld();
    const [first, second, third] = [gate.enter(), gate.enter(), gate.enter()];
    first(noSpace);
    await clock.advance(59 * s);
    second(noSpace);
    await clock.finish(untilPassable(gate, never));
    assert.equal(clock.nowMs(), 60 * s);
    third(noSpace);
    assert.equal(stateOf(gate), "open");
  });

  it("does not count an attempt as full whose disk the guard found full while it was under way", async () => {
    const { gate, disk, clock } = createDiskWorld();
    const leave = gate.enter();
    disk.freeBytes = 0;
    assert.equal(stateOf(gate), "wait");
    leave(noSpace);
    disk.freeBytes = 500;
    assert.equal(await clock.finish(untilPassable(gate, never)), "open");
  });

  it("takes no other failure for a full disk", () => {
    const { gate } = createDiskWorld();
    gate.enter()(failedWith("corrupt"));
    gate.enter()(undefined);
    assert.equal(stateOf(gate), "open");
  });
});
