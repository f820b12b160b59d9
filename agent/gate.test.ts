import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBell } from "./bell.ts";
import { type Gate, type Obstacle, passThrough } from "./gate.ts";
import type { PullAnswer } from "./image-service.ts";
import { createPool } from "./pool.ts";
import { failedWith } from "./testing/fake-image-service.ts";

const never = new AbortController().signal;
const told = new Error("told to end");
const pulled: PullAnswer = { kind: "pulled", imageId: "sha256:0123" };
const closed: Obstacle = { kind: "closed", failure: failedWith("throttled").failure };

/** A gate that a test opens and shuts; `left` has what each attempt came to. */
function createTestGate() {
  const bell = createBell();
  const wait: Obstacle = { kind: "wait", untilChanged: bell.rung };
  let obstacle: Obstacle | undefined;
  let timesAsked = 0;
  const left: (PullAnswer | undefined)[] = [];
  const gate: Gate = {
    obstacle: () => {
      timesAsked += 1;
      return obstacle;
    },
    enter: () => (answer) => left.push(answer),
  };
  const change = (next: Obstacle | undefined) => {
    obstacle = next;
    bell.ring();
  };
  return {
    ...gate,
    left,
    timesAsked: () => timesAsked,
    open: () => change(undefined),
    shut: () => change(wait),
    close: () => change(closed),
  };
}

const settle = () => new Promise(setImmediate);

describe("passThrough()", () => {
  it("passes where nothing is in the way, and every gate learns what the attempt came to", async () => {
    const gates = [createTestGate(), createTestGate()];
    const answer = await passThrough(gates, createPool(1), async () => pulled, never);
    assert.equal(answer, pulled);
    assert.deepEqual(
      gates.map(({ left }) => left),
      [[pulled], [pulled]],
    );
  });

  it("has entered every gate while the attempt is under way, and left none", async () => {
    const gate = createTestGate();
    const attempt = Promise.withResolvers<PullAnswer>();
    const answer = passThrough([gate], createPool(1), () => attempt.promise, never);
    await settle();
    assert.deepEqual(gate.left, []);
    attempt.resolve(pulled);
    await answer;
    assert.deepEqual(gate.left, [pulled]);
  });

  for (const shutGate of [0, 1]) {
    it(`waits without a slot while gate ${shutGate + 1} of two is shut, and passes once it opens`, async () => {
      const gates = [createTestGate(), createTestGate()];
      const pool = createPool(1);
      gates[shutGate]?.shut();
      let attempts = 0;
      const answer = passThrough(
        gates,
        pool,
        async () => {
          attempts += 1;
          return pulled;
        },
        never,
      );
      assert.equal(await pool.run(async () => "another's", never), "another's");
      assert.equal(attempts, 0);
      gates[shutGate]?.open();
      assert.equal(await answer, pulled);
      assert.equal(attempts, 1);
    });
  }

  it("does not begin where a gate has shut while it waited for its slot, and gives the slot back", async () => {
    const gate = createTestGate();
    const pool = createPool(1);
    const slot = Promise.withResolvers<void>();
    const other = pool.run(() => slot.promise, never);
    let attempts = 0;
    const answer = passThrough(
      [gate],
      pool,
      async () => {
        attempts += 1;
        return pulled;
      },
      never,
    );
    gate.shut();
    slot.resolve();
    await other;
    assert.equal(await pool.run(async () => "another's", never), "another's");
    assert.equal(attempts, 0);
    gate.open();
    assert.equal(await answer, pulled);
  });

  it("does not ask again and again while a gate is shut", async () => {
    const gate = createTestGate();
    gate.shut();
    const answer = passThrough([gate], createPool(1), async () => pulled, never);
    await settle();
    assert.equal(gate.timesAsked(), 1);
    gate.open();
    await answer;
    assert.equal(gate.timesAsked(), 3);
  });

  it("makes no attempt where a gate is closed", async () => {
    const gates = [createTestGate(), createTestGate()];
    gates[1]?.close();
    assert.equal(await passThrough(gates, createPool(1), assert.fail, never), closed);
  });

  it("makes no attempt where a gate closes while it waits, at the gate or for a slot", async () => {
    const gate = createTestGate();
    const pool = createPool(1);
    const slot = Promise.withResolvers<void>();
    void pool.run(() => slot.promise, never);
    const forSlot = passThrough([gate], pool, assert.fail, never);
    gate.shut();
    const atGate = passThrough([gate], pool, assert.fail, never);
    gate.close();
    assert.equal(await atGate, closed);
    slot.resolve();
    assert.equal(await forSlot, closed);
  });

  describe("where something throws", () => {
    const bug = new TypeError("a bug");

    it("leaves the gates without an answer, and rejects as the attempt does", async () => {
      const gates = [createTestGate(), createTestGate()];
      const answer = passThrough(gates, createPool(1), () => Promise.reject(bug), never);
      await assert.rejects(answer, bug);
      assert.deepEqual(
        gates.map(({ left }) => left),
        [[undefined], [undefined]],
      );
    });

    it("does so too where the attempt throws before it has begun", async () => {
      const gate = createTestGate();
      const attempt = () => {
        throw bug;
      };
      await assert.rejects(passThrough([gate], createPool(1), attempt, never), bug);
      assert.deepEqual(gate.left, [undefined]);
    });

    it("leaves the other gates all the same where one throws as it is left", async () => {
      const gates = [createTestGate(), createTestGate(), createTestGate()] as const;
      const broken: Gate = {
        ...gates[1],
        enter: () => () => {
          throw bug;
        },
      };
      const pool = createPool(1);
      const answer = passThrough([gates[0], broken, gates[2]], pool, async () => pulled, never);
      await assert.rejects(answer, bug);
      assert.deepEqual([gates[0].left, gates[2].left], [[pulled], [pulled]]);
      assert.equal(await pool.run(async () => "another's", never), "another's");
    });

    it("leaves what it has entered where a further gate cannot be entered", async () => {
      const gate = createTestGate();
      const broken: Gate = {
        ...createTestGate(),
        enter: () => {
          throw bug;
        },
      };
      await assert.rejects(passThrough([gate, broken], createPool(1), assert.fail, never), bug);
      assert.deepEqual(gate.left, [undefined]);
    });

    it("rejects where a gate cannot say what is in the way", async () => {
      const broken: Gate = {
        ...createTestGate(),
        obstacle: () => {
          throw bug;
        },
      };
      await assert.rejects(passThrough([broken], createPool(1), assert.fail, never), bug);
    });
  });

  describe("when its signal aborts", () => {
    it("rejects with the reason while it waits at a gate", async () => {
      const gate = createTestGate();
      gate.shut();
      const controller = new AbortController();
      const answer = passThrough([gate], createPool(1), assert.fail, controller.signal);
      controller.abort(told);
      await assert.rejects(answer, told);
    });

    it("rejects with the reason once the slot it waits for is free, and does not begin", async () => {
      const pool = createPool(1);
      const slot = Promise.withResolvers<void>();
      const other = pool.run(() => slot.promise, never);
      const controller = new AbortController();
      const gate = createTestGate();
      const answer = passThrough([gate], pool, assert.fail, controller.signal);
      controller.abort(told);
      slot.resolve();
      await assert.rejects(answer, told);
      await other;
      assert.deepEqual(gate.left, []);
    });
  });
});
