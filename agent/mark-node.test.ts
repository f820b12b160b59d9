import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDeadline, DeadlinePassed } from "./deadline.ts";
import { lookAtImages } from "./look.ts";
import { type Known, markNode } from "./mark-node.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { createRoundWorld, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const unavailable = { kind: "unavailable", message: "connection refused" } as const;
const refused = { kind: "refused", message: "nodes is forbidden" } as const;
const afterPulls: Known = { pulls: new Map(), look: undefined, marks: undefined };
const nothingThere = { label: undefined, annotation: undefined };

function worldWithA(settings: Parameters<typeof createRoundWorld>[1] = {}): RoundWorld {
  const world = createRoundWorld(["a"], settings);
  world.imageService.store.add("a");
  return world;
}

/** What a round knows that found all there: it has read and looked just now. */
async function justFound(world: RoundWorld): Promise<Known> {
  const look = await lookAtImages(world.entries, world.imageService, world.clock, never);
  return { pulls: new Map(), look, marks: nothingThere };
}

const mark = (world: RoundWorld, findings = afterPulls) =>
  world.clock.finish(markNode(world, findings, never));

describe("markNode()", () => {
  it("takes what the round just found out, and writes at once", async () => {
    const world = worldWithA();
    await mark(world, await justFound(world));
    assert.deepEqual(world.nodeApi.methods(), ["write"]);
    assert.equal(world.imageService.requests.length, 1);
  });

  it("looks and reads by itself after the pulls", async () => {
    const world = worldWithA();
    const result = await mark(world);
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.deepEqual(world.nodeApi.methods(), ["read", "write"]);
  });

  it("tries again, less and less often, until the API server is back", async () => {
    const world = worldWithA();
    world.nodeApi.onRead(unavailable, unavailable, unavailable);
    const result = await mark(world);
    assert.equal(result.kind, "verdict");
    assert.deepEqual(
      world.log.fieldsOf("the verdict is not written yet").map(({ delayMs }) => delayMs),
      [250, 500, 1_000],
    );
    assert.equal(world.clock.nowMs(), 1_750);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("looks again before each try, and writes what is true then", async () => {
    const world = worldWithA();
    world.nodeApi.onWrite(() => {
      world.imageService.store.delete("a");
      return unavailable;
    });
    const result = await mark(world, await justFound(world));
    assert.ok(result.kind === "verdict" && result.verdict === "failed");
    assert.deepEqual(
      world.nodeApi.writes().map(({ label }) => label),
      ["succeeded", "failed"],
    );
  });

  it("checks the owner again before each try", async () => {
    const world = worldWithA();
    world.nodeApi.onWrite(() => {
      world.nodeApi.marks = { label: "failed", annotation: '{"owner":"default/yours"}' };
      return unavailable;
    });
    assert.deepEqual(await mark(world, await justFound(world)), {
      kind: "foreign-owner",
      owner: "default/yours",
    });
    assert.equal(world.nodeApi.marks.label, "failed");
    assert.equal(world.nodeApi.writes().length, 1);
  });

  it("sends nothing more where a write arrived whose answer was lost", async () => {
    const world = worldWithA();
    world.nodeApi.onWrite(() => {
      const [{ label, annotation }] = world.nodeApi.writes() as [never];
      world.nodeApi.marks = { label, annotation };
      return unavailable;
    });
    const result = await mark(world);
    assert.equal(result.kind, "verdict");
    assert.deepEqual(world.nodeApi.methods(), ["read", "write", "read"]);
  });

  describe("with a look that is older than 5 s", () => {
    const readAfter = (world: RoundWorld, ms: number) => async () => {
      const findings = await justFound(world);
      await world.clock.advance(ms);
      world.imageService.store.delete("a");
      return mark(world, findings);
    };

    it("looks again before it writes", async () => {
      const result = await readAfter(worldWithA(), 5_001)();
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
    });

    it("does not where the look is 5 s old", async () => {
      const result = await readAfter(worldWithA(), 5_000)();
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    });
  });

  describe("with a Retry-After", () => {
    it("waits as long as the server says", async () => {
      const world = worldWithA();
      world.nodeApi.onRead({ ...unavailable, retryAfterMs: 7_000 });
      await mark(world);
      assert.equal(world.clock.nowMs(), 7_000);
    });

    it("does not come back at once where the server says 0", async () => {
      const world = worldWithA();
      world.nodeApi.onRead({ ...unavailable, retryAfterMs: 0 });
      await mark(world);
      assert.equal(world.clock.nowMs(), 250);
    });

    it("waits no longer than its own deadline, be it years", async () => {
      const world = worldWithA();
      world.nodeApi.always({ ...unavailable, retryAfterMs: 1e15 });
      const result = await mark(world);
      assert.equal(result.kind, "unwritten");
      assert.equal(world.clock.nowMs(), 120_000);
      assert.ok(
        world.log
          .fieldsOf("the verdict is not written yet")
          .every((fields) => Number(fields.delayMs) <= 120_000),
      );
    });
  });

  describe("when its deadline passes", () => {
    it("is unwritten, with the outcomes and the last problem", async () => {
      const world = worldWithA();
      world.nodeApi.always(unavailable);
      const result = await mark(world);
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
      const result = await mark(world);
      assert.ok(result.kind === "unwritten" && result.outcomes.length === 1);
    });

    it("claims no image where the runtime never said what is there", async () => {
      const world = worldWithA();
      world.imageService.onStatus("a", "hangs");
      const result = await mark(world);
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
      assert.equal((await mark(world)).kind, "verdict");
    });

    it("takes one that lasts for an answer, well before the deadline", async () => {
      const world = worldWithA();
      world.nodeApi.always(refused);
      const result = await mark(world);
      assert.ok(result.kind === "unwritten");
      assert.equal(result.message, "nodes is forbidden; given up after 30 s");
      assert.ok(world.clock.nowMs() > 30_000 && world.clock.nowMs() <= 45_000, `${world.clock.nowMs()}`);
    });

    it("gives rights the same 30 s where the API server was away before", async () => {
      const world = worldWithA();
      world.nodeApi.onRead(...Array<typeof unavailable>(8).fill(unavailable), refused, refused);
      assert.equal((await mark(world)).kind, "verdict");
      assert.ok(world.clock.nowMs() > 30_000);
    });
  });

  it("ends without a verdict where the Node is gone at the write", async () => {
    const world = worldWithA();
    world.nodeApi.onWrite({ kind: "gone" });
    assert.deepEqual(await mark(world), { kind: "node-gone" });
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

  describe("with a runtime that does not answer", () => {
    const silent = failedWith("runtime_down", "no answer");

    it("looks again, and writes what it finds when the runtime is back", async () => {
      const world = worldWithA();
      world.imageService.onStatus("a", silent, silent);
      const result = await mark(world);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
      assert.deepEqual(world.nodeApi.methods(), ["read", "read", "read", "write"]);
    });

    it("is unwritten where the silence lasts: the node has not failed", async () => {
      const world = worldWithA();
      world.imageService.onStatus("a", ...Array.from({ length: 100 }, () => silent));
      const result = await mark(world);
      assert.ok(result.kind === "unwritten");
      assert.match(
        result.message,
        /^the runtime does not say whether the images are there: no answer; given up/,
      );
      assert.equal(world.nodeApi.methods().includes("write"), false);
    });

    it("writes failed where another image failed for certain", async () => {
      const world = createRoundWorld(["a", "b"]);
      world.imageService.onStatus("a", silent);
      const result = await mark(world);
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
    });

    it("writes failed where the pull has failed, whatever the runtime says now", async () => {
      const world = createRoundWorld(["a"]);
      world.imageService.onStatus("a", silent);
      const { failure } = failedWith("not_found");
      const pulls = new Map([
        [world.entries[0]?.imageKey ?? "", { kind: "failed", failure, attempts: 1, durationMs: 1 } as const],
      ]);
      const result = await mark(world, { ...afterPulls, pulls });
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
    });
  });
});
