import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDeadline, DeadlinePassed } from "./deadline.ts";
import { type Known, markNode } from "./mark-node.ts";
import { conflict, unavailable } from "./testing/fake-node-api.ts";
import { createRoundWorld, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const refused = { kind: "refused", message: "nodes is forbidden" } as const;
const afterPulls: Known = { pulls: new Map(), pending: new Set() };
const tryLine = "the verdict is not written yet";

function worldWithA(): RoundWorld {
  const world = createRoundWorld(["a"]);
  world.imageService.store.add("a");
  return world;
}

const marking = (world: RoundWorld) => world.clock.finish(markNode(world, afterPulls, never));

describe("markNode(), where its write does not succeed at once,", () => {
  it("tries again, less and less often, until the API server is back", async () => {
    const world = worldWithA();
    world.nodeApi.onRead(unavailable, unavailable, unavailable);
    const result = await marking(world);
    assert.equal(result.kind, "verdict");
    assert.deepEqual(
      world.log.fieldsOf(tryLine).map(({ delayMs }) => delayMs),
      [250, 500, 1_000],
    );
    assert.equal(world.clock.nowMs(), 1_750);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("never waits longer than 15 s", async () => {
    const world = worldWithA();
    world.nodeApi.always(unavailable);
    await marking(world);
    const delays = world.log.fieldsOf(tryLine).map(({ delayMs }) => Number(delayMs));
    // Half of the longest: this world's jitter adds nothing.
    assert.equal(Math.max(...delays), 7_500);
  });

  it("reads again after a conflict, and rests the next write on what it read", async () => {
    const world = worldWithA();
    world.nodeApi.onWrite(conflict, conflict);
    assert.equal((await marking(world)).kind, "verdict");
    assert.deepEqual(world.nodeApi.methods(), ["read", "write", "read", "write", "read", "write"]);
  });

  describe("with a Retry-After", () => {
    it("waits as long as the server says", async () => {
      const world = worldWithA();
      world.nodeApi.onRead({ ...unavailable, retryAfterMs: 7_000 });
      await marking(world);
      assert.equal(world.clock.nowMs(), 7_000);
    });

    it("waits as long as the server says after a write too", async () => {
      const world = worldWithA();
      world.nodeApi.onWrite({ ...unavailable, retryAfterMs: 7_000 });
      await marking(world);
      assert.equal(world.clock.nowMs(), 7_000);
    });

    it("does not come back at once where the server says 0", async () => {
      const world = worldWithA();
      world.nodeApi.onRead({ ...unavailable, retryAfterMs: 0 });
      await marking(world);
      assert.equal(world.clock.nowMs(), 250);
    });

    it("waits no longer than its own deadline, be it years", async () => {
      const world = worldWithA();
      world.nodeApi.always({ ...unavailable, retryAfterMs: 1e15 });
      const result = await marking(world);
      assert.equal(result.kind, "unwritten");
      assert.equal(world.clock.nowMs(), 120_000);
      assert.ok(world.log.fieldsOf(tryLine).every((fields) => Number(fields.delayMs) <= 120_000));
    });
  });

  describe("when its deadline passes", () => {
    it("is unwritten, with the outcomes and the last problem", async () => {
      const world = worldWithA();
      world.nodeApi.always(unavailable);
      const result = await marking(world);
      assert.ok(result.kind === "unwritten");
      assert.equal(result.message, "connection refused; given up after 120 s");
      assert.deepEqual(
        result.outcomes.map(({ kind }) => kind),
        ["present"],
      );
      assert.equal(world.clock.nowMs(), 120_000);
      assert.equal(world.clock.pendingCount(), 0);
    });

    it("is unwritten where the API server hangs", async () => {
      const world = worldWithA();
      world.nodeApi.onRead("hangs");
      const result = await marking(world);
      assert.ok(result.kind === "unwritten" && result.outcomes.length === 1);
      assert.equal(result.message, "the API server did not answer in time; given up after 120 s");
    });

    it("says what the API server said last, where the next answer was only cut short by the deadline", async () => {
      const world = worldWithA();
      world.nodeApi.onRead(unavailable, "hangs");
      const result = await marking(world);
      assert.ok(result.kind === "unwritten");
      assert.equal(result.message, "connection refused; given up after 120 s");
    });

    it("claims no image where the runtime never said what is there", async () => {
      const world = worldWithA();
      world.imageService.onStatus("a", "hangs");
      const result = await marking(world);
      assert.ok(result.kind === "unwritten");
      const [outcome] = result.outcomes;
      assert.ok(outcome?.kind === "failed" && outcome.failure.reason === "runtime_down");
    });
  });

  describe("with a refusal", () => {
    it("tries again for 30 s, since rights need a while to reach every API server", async () => {
      const world = worldWithA();
      world.nodeApi.onRead(refused, refused);
      world.nodeApi.onWrite(refused);
      assert.equal((await marking(world)).kind, "verdict");
    });

    it("takes one that lasts for an answer, well before the deadline", async () => {
      const world = worldWithA();
      world.nodeApi.always(refused);
      const result = await marking(world);
      assert.ok(result.kind === "unwritten");
      assert.equal(result.message, "nodes is forbidden; given up after 30 s");
      assert.ok(world.clock.nowMs() > 30_000 && world.clock.nowMs() <= 45_000, `${world.clock.nowMs()}`);
    });

    it("gives rights the same 30 s where the API server was away before", async () => {
      const world = worldWithA();
      world.nodeApi.onRead(...Array<typeof unavailable>(8).fill(unavailable), refused, refused);
      assert.equal((await marking(world)).kind, "verdict");
      assert.ok(world.clock.nowMs() > 30_000);
    });
  });

  it("ends without a verdict where the Node is gone at the read", async () => {
    const world = worldWithA();
    world.nodeApi.onRead(unavailable, { kind: "gone" });
    assert.deepEqual(await marking(world), { kind: "node-gone" });
    assert.deepEqual(world.nodeApi.writes(), []);
  });

  it("ends without a verdict where the Node is gone at the write", async () => {
    const world = worldWithA();
    world.nodeApi.onWrite({ kind: "gone" });
    assert.deepEqual(await marking(world), { kind: "node-gone" });
  });

  it("rejects with the reason when the process is told to end, between two tries", async () => {
    const world = worldWithA();
    const controller = new AbortController();
    world.nodeApi.always(unavailable);
    const marked = markNode(world, afterPulls, controller.signal);
    await world.clock.advance(100);
    controller.abort(new Error("told to end"));
    await assert.rejects(marked, /told to end/);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("rejects too where it is another deadline that ends it", async () => {
    const world = worldWithA();
    using outer = createDeadline(world.clock, 1_000, never);
    world.nodeApi.always(unavailable);
    await assert.rejects(world.clock.finish(markNode(world, afterPulls, outer.signal)), DeadlinePassed);
  });
});
