import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { patiently } from "./patiently.ts";
import { createRoundWorld, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const unavailable = { kind: "unavailable", message: "connection refused" } as const;

const read = (world: RoundWorld) =>
  world.clock.finish(patiently(world, () => world.nodeApi.read(never), never));

describe("patiently()", () => {
  it("asks once where the API server answers", async () => {
    const world = createRoundWorld(["a"]);
    const answer = await read(world);
    assert.equal(answer.kind, "node");
    assert.deepEqual(world.nodeApi.methods(), ["read"]);
  });

  it("asks again where it does not, within a second or two", async () => {
    const world = createRoundWorld(["a"]);
    world.nodeApi.onRead(unavailable, { kind: "refused", message: "no rights yet" });
    const startMs = world.clock.nowMs();
    const answer = await read(world);
    assert.equal(answer.kind, "node");
    assert.deepEqual(world.nodeApi.methods(), ["read", "read", "read"]);
    assert.ok(world.clock.nowMs() - startMs <= 1_500);
  });

  it("waits as long as the server asks for, and 5 s at most: pulls need no Node", async () => {
    const world = createRoundWorld(["a"]);
    world.nodeApi.onRead({ ...unavailable, retryAfterMs: 2_000 }, { ...unavailable, retryAfterMs: 1e15 });
    assert.equal((await read(world)).kind, "node");
    assert.equal(world.clock.nowMs(), 7_000);
  });

  it("answers the last failure after three tries", async () => {
    const world = createRoundWorld(["a"]);
    world.nodeApi.onRead(unavailable, unavailable, { kind: "unavailable", message: "the third" });
    const answer = await read(world);
    assert.deepEqual(answer, { kind: "unavailable", message: "the third" });
    assert.equal(world.nodeApi.methods().length, 3);
  });

  it("does not ask again for a Node that is gone", async () => {
    const world = createRoundWorld(["a"]);
    world.nodeApi.onRead({ kind: "gone" });
    assert.deepEqual(await read(world), { kind: "gone" });
    assert.equal(world.nodeApi.methods().length, 1);
  });
});
