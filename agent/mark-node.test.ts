import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lookAtImages } from "./look.ts";
import { type Known, markNode } from "./mark-node.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { conflict, unavailable } from "./testing/fake-node-api.ts";
import { annotationOf, createRoundWorld, mark, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const afterPulls: Known = { pulls: new Map(), pending: new Set() };
const nothingThere = { label: undefined, annotation: undefined };

function worldWithA(settings: Parameters<typeof createRoundWorld>[1] = {}): RoundWorld {
  const world = createRoundWorld(["a"], settings);
  world.imageService.store.add("a");
  return world;
}

/** What a round knows that found all there: it has read and looked just now. */
async function justFound(world: RoundWorld): Promise<Known> {
  const look = await lookAtImages(world, never);
  return { ...afterPulls, look, marks: nothingThere };
}

const marking = (world: RoundWorld, known = afterPulls) => world.clock.finish(markNode(world, known, never));
const labelsOf = (world: RoundWorld) => world.nodeApi.writes().map(({ label }) => label);

describe("markNode()", () => {
  it("takes what the round just found out, and writes at once", async () => {
    const world = worldWithA();
    await marking(world, await justFound(world));
    assert.deepEqual(world.nodeApi.methods(), ["write"]);
    assert.equal(world.imageService.requests.length, 1);
  });

  it("looks and reads by itself after the pulls", async () => {
    const world = worldWithA();
    const result = await marking(world);
    assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    assert.deepEqual(world.nodeApi.methods(), ["read", "write"]);
  });

  it("rests its write on the version of the Node that it has read", async () => {
    const world = worldWithA();
    world.nodeApi.onRead(() => undefined);
    world.nodeApi.onWrite(() => {
      // Somebody changed the Node between the read and the write.
      world.nodeApi.marks = nothingThere;
      return undefined;
    });
    const result = await marking(world);
    assert.equal(result.kind, "verdict");
    assert.deepEqual(world.log.fieldsOf("the verdict is not written yet")[0]?.error, conflict.message);
    assert.deepEqual(world.nodeApi.methods(), ["read", "write", "read", "write"]);
  });

  describe("before each further try", () => {
    it("looks again, and writes what is true then", async () => {
      const world = worldWithA();
      world.nodeApi.onWrite(() => {
        world.imageService.store.delete("a");
        return unavailable;
      });
      const result = await marking(world, await justFound(world));
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
      assert.deepEqual(labelsOf(world), ["succeeded", "failed"]);
    });

    it("looks again too where an image went while no API server was there", async () => {
      const world = worldWithA();
      world.nodeApi.onRead(unavailable, unavailable, () => {
        world.imageService.store.delete("a");
        return unavailable;
      });
      await marking(world);
      assert.deepEqual(labelsOf(world), ["failed"]);
      assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "evicted" }]);
    });

    it("finds an image that came meanwhile", async () => {
      const world = createRoundWorld(["a"]);
      world.nodeApi.onWrite(() => {
        world.imageService.store.add("a");
        return unavailable;
      });
      await marking(world);
      assert.deepEqual(labelsOf(world), ["failed", "succeeded"]);
    });

    it("checks the owner again", async () => {
      const world = worldWithA();
      world.nodeApi.onWrite(() => {
        world.nodeApi.marks = { label: "failed", annotation: '{"owner":"default/yours"}' };
        return unavailable;
      });
      assert.deepEqual(await marking(world, await justFound(world)), {
        kind: "foreign-owner",
        owner: "default/yours",
      });
      assert.equal(world.nodeApi.marks.label, "failed");
      assert.equal(world.nodeApi.writes().length, 1);
    });
  });

  describe("after a write that nobody answered", () => {
    it("writes once more though the Node says it all, so that nothing can come after it", async () => {
      const world = worldWithA();
      world.nodeApi.onWrite(() => {
        const [{ label, annotation }] = world.nodeApi.writes() as [never];
        world.nodeApi.marks = { label, annotation };
        return unavailable;
      });
      const result = await marking(world);
      assert.equal(result.kind, "verdict");
      assert.deepEqual(world.nodeApi.methods(), ["read", "write", "read", "write"]);
    });

    it("lets a late succeeded find another version, where failed is what the Node says and what is true", async () => {
      const world = worldWithA();
      mark(world, { verdict: "failed", failed: [{ image: "a", reason: "evicted" }] });
      world.nodeApi.onWrite(() => {
        world.imageService.store.delete("a");
        return unavailable;
      });
      await marking(world);
      assert.deepEqual(labelsOf(world), ["succeeded", "failed"]);
      const late = world.nodeApi.requests.find(({ method }) => method === "write");
      assert.ok(late?.method === "write" && late.label === "succeeded");
      assert.deepEqual(await world.nodeApi.write(late, never), conflict);
    });

    it("sends nothing more where the write was refused and the Node says it all", async () => {
      const world = worldWithA();
      world.nodeApi.onWrite(() => {
        const [{ label, annotation }] = world.nodeApi.writes() as [never];
        world.nodeApi.marks = { label, annotation };
        return { kind: "refused", message: "no rights" };
      });
      await marking(world);
      assert.deepEqual(world.nodeApi.methods(), ["read", "write", "read"]);
    });
  });

  describe("with a look that is older than 5 s", () => {
    const markAfter = async (world: RoundWorld, ms: number) => {
      const known = await justFound(world);
      await world.clock.advance(ms);
      world.imageService.store.delete("a");
      return marking(world, known);
    };

    it("looks again before it writes", async () => {
      const result = await markAfter(worldWithA(), 5_001);
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
    });

    it("does not where the look is 5 s old", async () => {
      const result = await markAfter(worldWithA(), 5_000);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
    });

    it("looks again where the read took that long", async () => {
      const world = worldWithA();
      world.nodeApi.onRead(async () => {
        await world.clock.advance(5_001);
        world.imageService.store.delete("a");
        return undefined;
      });
      const result = await markNode(world, afterPulls, never);
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
    });
  });

  describe("with a runtime that does not answer", () => {
    const silent = failedWith("runtime_down", "no answer");

    it("looks again, and writes what it finds when the runtime is back", async () => {
      const world = worldWithA();
      world.imageService.onStatus("a", silent, silent);
      const result = await marking(world);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
      assert.deepEqual(world.nodeApi.methods(), ["read", "read", "read", "write"]);
    });

    it("is unwritten where the silence lasts: the node has not failed", async () => {
      const world = worldWithA();
      world.imageService.onStatus("a", ...Array.from({ length: 100 }, () => silent));
      const result = await marking(world);
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
      const result = await marking(world);
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
    });

    it("writes failed where the pull has failed, whatever the runtime says now", async () => {
      const world = createRoundWorld(["a"]);
      world.imageService.onStatus("a", silent);
      const { failure } = failedWith("not_found");
      const pulls = new Map([
        [world.entries[0]?.imageKey ?? "", { kind: "failed", failure, attempts: 1, durationMs: 1 } as const],
      ]);
      const result = await marking(world, { ...afterPulls, pulls });
      assert.ok(result.kind === "verdict" && result.verdict === "failed");
    });

    it("writes succeeded where it is silent about an optional image alone", async () => {
      const world = createRoundWorld(["a", "b required=false"]);
      world.imageService.store.add("a");
      world.imageService.onStatus("b", silent);
      const result = await marking(world);
      assert.ok(result.kind === "verdict" && result.verdict === "succeeded");
      assert.deepEqual(annotationOf(world).failed, [{ image: "b", reason: "runtime_down", required: false }]);
    });
  });

  it("takes a fault of its own in one look for that image's failure: known, not unwritten", async () => {
    const world = createRoundWorld(["a", "b"]);
    world.imageService.store.add("a").add("b");
    world.imageService.onStatus("a", new Error("a bug"));
    const result = await marking(world);
    assert.ok(result.kind === "verdict" && result.verdict === "failed");
    assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "internal" }]);
    assert.equal(annotationOf(world).present, 1);
  });

  it("counts an optional image whose turn comes later neither as present nor as failed", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.store.add("a");
    const pending = new Set(world.entries.slice(1).map(({ imageKey }) => imageKey));
    world.nodeApi.onRead(unavailable);
    await marking(world, { ...afterPulls, pending });
    const { present, failed } = annotationOf(world);
    assert.deepEqual([present, failed], [1, []]);
  });
});
