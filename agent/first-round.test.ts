import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstRound } from "./first-round.ts";
import { runRound } from "./round.ts";
import { conflict, unavailable } from "./testing/fake-node-api.ts";
import { annotationOf, createRoundWorld, mark, type RoundWorld } from "./testing/round-world.ts";

const minuteMs = 60_000;
const never = new AbortController().signal;
const stagger = { delayMs: 5 * minuteMs, windowMs: 10 * minuteMs, nodeAgeMs: 10 * minuteMs };
const waitLine = "something has to be pulled: waiting for this node's share of the stagger window";
const first = (world: RoundWorld, signal = never) => firstRound(world, stagger, signal);
const run = (world: RoundWorld) => world.clock.finish(first(world));
const turnAfter = (delayMs: number) => ({ kind: "turn", delayMs, isUnanswered: false });
/** The first round, and the one after it where the share is over. */
const runThrough = (world: RoundWorld) =>
  world.clock.finish(
    first(world).then((result) =>
      result.kind === "turn" && result.delayMs === 0 ? runRound(world, never, result.isUnanswered) : result,
    ),
  );
const labelsOf = (world: RoundWorld) => world.nodeApi.writes().map(({ label }) => label);
const pullsOf = (world: RoundWorld) => world.imageService.referencesOf("pullImage");

function ageOf(world: RoundWorld, ageMs: number): void {
  world.nodeApi.marks = { ...world.nodeApi.marks, ageMs };
}

describe("firstRound(), where a required image is missing,", () => {
  it("removes the label, pulls nothing, and asks to come back at the node's turn", async () => {
    const world = createRoundWorld(["a", "b"]);
    world.imageService.store.add("b");
    mark(world, { verdict: "succeeded" });
    ageOf(world, 10 * minuteMs);
    assert.deepEqual(await run(world), turnAfter(stagger.delayMs));
    assert.deepEqual(labelsOf(world), [undefined]);
    assert.deepEqual([annotationOf(world).verdict, annotationOf(world).present], ["none", 1]);
    assert.deepEqual(pullsOf(world), []);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("says in one line of the log for how long, and of what", async () => {
    const world = createRoundWorld(["a", "b", "c required=false"]);
    world.imageService.store.add("b");
    await run(world);
    assert.deepEqual(world.log.fieldsOf(waitLine), [
      { delayMs: stagger.delayMs, windowMs: stagger.windowMs, toPull: 2 },
    ]);
  });

  it("leaves a failed of the same list while it waits", async () => {
    const world = createRoundWorld(["a"]);
    mark(world, { verdict: "failed", failed: [{ image: "a", reason: "not_found" }] });
    assert.equal((await run(world)).kind, "turn");
    assert.deepEqual(labelsOf(world), []);
    assert.equal(world.nodeApi.marks.label, "failed");
  });

  it("does not wait on a Node that is younger", async () => {
    const world = createRoundWorld(["a"]);
    ageOf(world, 10 * minuteMs - 1);
    const result = await run(world);
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.deepEqual(world.log.fieldsOf(waitLine), []);
    assert.equal(world.clock.nowMs(), 0);
  });

  it("stops at another owner, and where the Node is gone", async () => {
    const foreign = createRoundWorld(["a"]);
    foreign.nodeApi.marks = { label: "succeeded", annotation: '{"v":1,"owner":"default/yours"}' };
    assert.deepEqual(await run(foreign), { kind: "foreign-owner", owner: "default/yours" });
    const gone = createRoundWorld(["a"]);
    gone.nodeApi.onWrite({ kind: "gone" });
    assert.deepEqual(await run(gone), { kind: "node-gone" });
    assert.deepEqual([...pullsOf(foreign), ...pullsOf(gone)], []);
  });
});

describe("firstRound(), where nothing has to be pulled,", () => {
  it("says so at once, with two requests", async () => {
    const world = createRoundWorld(["a"]);
    world.imageService.store.add("a");
    const result = await run(world);
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.deepEqual(world.nodeApi.methods(), ["read", "write"]);
    assert.equal(world.clock.nowMs(), 0);
  });

  it("does not wait for a reference that nobody can pull", async () => {
    const world = createRoundWorld(["a", "docker.io/UPPER"]);
    world.imageService.store.add("a");
    const result = await run(world);
    assert.ok(result.kind === "verdict" && result.verdict === "failed");
  });
});

describe("firstRound(), where only optional images are missing,", () => {
  it("writes the verdict, and waits then", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.store.add("a");
    assert.deepEqual(await run(world), turnAfter(stagger.delayMs));
    assert.deepEqual(labelsOf(world), ["succeeded"]);
    assert.deepEqual([annotationOf(world).present, annotationOf(world).failed], [1, []]);
    assert.deepEqual(pullsOf(world), []);
  });

  it("ends where the verdict cannot be written", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.store.add("a");
    world.nodeApi.always(unavailable);
    assert.equal((await run(world)).kind, "unwritten");
  });
});

describe("firstRound(), under policy Always,", () => {
  it("waits before it confirms what is there, under the label that stands", async () => {
    const world = createRoundWorld(["a"], { pullPolicy: "Always" });
    world.imageService.store.add("a");
    mark(world, { verdict: "succeeded" });
    assert.deepEqual(await run(world), turnAfter(stagger.delayMs));
    assert.deepEqual([labelsOf(world), world.nodeApi.marks.label], [[], "succeeded"]);
  });

  it("does not wait once all is confirmed", async () => {
    const confirmed = new Set(["docker.io/library/a:latest"]);
    const world = createRoundWorld(["a"], { pullPolicy: "Always", confirmed });
    world.imageService.store.add("a");
    assert.equal((await run(world)).kind, "verdict");
  });
});

describe("firstRound(), while the API server is away,", () => {
  /** A world whose Node says succeeded while `a` is missing. */
  const staleWorld = () => {
    const world = createRoundWorld(["a"]);
    mark(world, { verdict: "succeeded" });
    return world;
  };

  it("waits, since the Node may be an old one, and goes on trying to remove the label", async () => {
    const world = staleWorld();
    world.nodeApi.onRead(...Array.from({ length: 8 }, () => unavailable));
    const result = await run(world);
    assert.ok(result.kind === "turn");
    const waitedMs = world.clock.nowMs();
    assert.ok(waitedMs > 5_000, `${waitedMs}`);
    // The share begins where the round knows that something is missing; the first reads come before.
    assert.ok(result.delayMs < stagger.delayMs && result.delayMs + waitedMs < stagger.delayMs + 2_000);
    assert.deepEqual(labelsOf(world), [undefined]);
    assert.deepEqual(pullsOf(world), []);
  });

  it("counts the tries as part of the wait", async () => {
    const world = staleWorld();
    world.nodeApi.onWrite(conflict, conflict);
    const result = await run(world);
    assert.ok(result.kind === "turn" && world.clock.nowMs() > 0);
    assert.equal(result.delayMs + world.clock.nowMs(), stagger.delayMs);
  });

  it("does not wait any longer once the answer says that the Node is young", async () => {
    for (const line of ["a", "b required=false"]) {
      const world = createRoundWorld(["c", line]);
      world.imageService.store.add("c");
      mark(world, { verdict: "succeeded" });
      ageOf(world, minuteMs);
      world.nodeApi.onRead(...Array.from({ length: 3 }, () => unavailable));
      const result = await run(world);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded", line);
      assert.equal(pullsOf(world).length, 1);
      assert.ok(world.clock.nowMs() < minuteMs, `${world.clock.nowMs()}`);
    }
  });

  it("pulls at its turn, label or no label, and writes what came of it once it can", async () => {
    const world = staleWorld();
    world.nodeApi.always(unavailable);
    let atMs = 0;
    world.imageService.onPull("a", () => {
      atMs = world.clock.nowMs();
      world.nodeApi.always(() => undefined);
      return undefined;
    });
    const result = await runThrough(world);
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.ok(atMs >= stagger.delayMs && atMs < stagger.delayMs + minuteMs, `${atMs}`);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("writes the verdict anew where a removal may still come, be the Node as it should be", async () => {
    const world = staleWorld();
    let isUnanswered = true;
    const answer = () => (isUnanswered ? unavailable : undefined);
    world.nodeApi.onWrite(...Array.from({ length: 200 }, () => answer));
    // The kubelet pulls it meanwhile.
    world.clock.after(stagger.delayMs - 1, () => {
      world.imageService.store.add("a");
      isUnanswered = false;
    });
    const sent = () => world.nodeApi.writes().length;
    let atTurn = 0;
    world.clock.after(stagger.delayMs, () => {
      atTurn = sent();
    });
    const result = await runThrough(world);
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.ok(sent() > atTurn);
    assert.deepEqual(pullsOf(world), []);
  });

  it("ends when it is told to, and leaves no timer", async () => {
    const world = staleWorld();
    world.nodeApi.always(unavailable);
    const controller = new AbortController();
    const ended = first(world, controller.signal);
    ended.catch(() => {});
    await world.clock.advance(minuteMs);
    controller.abort(new Error("told to end"));
    await assert.rejects(ended, /told to end/);
    assert.equal(world.clock.pendingCount(), 0);
  });
});
