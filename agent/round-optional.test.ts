import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runRound } from "./round.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { annotationOf, createRoundWorld, mark, type RoundWorld } from "./testing/round-world.ts";

const never = new AbortController().signal;
const run = (world: RoundWorld) => world.clock.finish(runRound(world, never));
const labelsOf = (world: RoundWorld) => world.nodeApi.writes().map(({ label }) => label);

async function verdictOf(world: RoundWorld) {
  const result = await run(world);
  assert.ok(result.kind === "verdict");
  return result.verdict;
}

describe("runRound(), with optional entries,", () => {
  it("pulls them only after the verdict is written, and counts them in the annotation afterwards", async () => {
    const world = createRoundWorld(["b required=false", "a"]);
    world.imageService.onPull("b", () => {
      assert.equal(world.nodeApi.marks.label, "succeeded");
      const { present, failed, entries } = annotationOf(world);
      assert.deepEqual([entries, present, failed], [2, 1, []]);
      return undefined;
    });
    assert.equal(await verdictOf(world), "succeeded");
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "b"]);
    assert.deepEqual(labelsOf(world), [undefined, "succeeded", "succeeded"]);
    assert.equal(annotationOf(world).present, 2);
  });

  it("lets a required image wait for its tries before an optional one has its first", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.onPull("a", failedWith("unavailable"), failedWith("unavailable"));
    await run(world);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a", "a", "a", "b"]);
  });

  it("keeps succeeded where one is missing for good, and names it as not required", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.alwaysOnPull("b", failedWith("not_found"));
    assert.equal(await verdictOf(world), "succeeded");
    assert.deepEqual(labelsOf(world), [undefined, "succeeded", "succeeded"]);
    const { verdict, present, failed } = annotationOf(world);
    assert.deepEqual([verdict, present], ["succeeded", 1]);
    assert.deepEqual(failed, [{ image: "b", reason: "not_found", required: false }]);
  });

  it("leaves a succeeded alone where nothing but optional ones is missing", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.store.add("a");
    mark(world, {
      verdict: "succeeded",
      present: 1,
      failed: [{ image: "b", reason: "not_found", required: false }],
    });
    world.imageService.alwaysOnPull("b", failedWith("not_found"));
    assert.equal(await verdictOf(world), "succeeded");
    assert.ok(labelsOf(world).every((label) => label === "succeeded"));
  });

  it("pulls them after a failed too, and keeps the failed", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.alwaysOnPull("a", failedWith("not_found"));
    assert.equal(await verdictOf(world), "failed");
    assert.ok(world.imageService.store.has("b"));
    assert.deepEqual(labelsOf(world), [undefined, "failed", "failed"]);
    assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "not_found" }]);
  });

  it("takes an image that another line requires for required, whichever spelling comes first", async () => {
    const world = createRoundWorld(["nginx required=false", "docker.io/library/nginx", "a"]);
    world.imageService.alwaysOnPull("docker.io/library/nginx", failedWith("not_found"));
    assert.equal(await verdictOf(world), "failed");
    const pulled = new Set(world.imageService.referencesOf("pullImage"));
    assert.deepEqual([...pulled], ["docker.io/library/nginx", "a"]);
    // One that is called optional alone would have had its turn after the verdict.
    assert.deepEqual(labelsOf(world), [undefined, "failed"]);
    const [failure] = world.log.fieldsOf("image failed");
    assert.equal(failure?.image, "docker.io/library/nginx");
  });

  it("writes failed where a required image goes while an optional one is pulled", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.onPull("b", () => {
      world.imageService.store.delete("a");
      return undefined;
    });
    assert.equal(await verdictOf(world), "failed");
    assert.deepEqual(labelsOf(world), [undefined, "succeeded", "failed"]);
  });

  it("gives them what the round's time to pull has left", async () => {
    const world = createRoundWorld(["a", "b required=false"], { pullTimeoutMs: 60_000 });
    world.imageService.onPull("b", "hangs");
    assert.equal(await verdictOf(world), "succeeded");
    assert.equal(world.clock.nowMs(), 60_000);
    assert.deepEqual(annotationOf(world).failed, [{ image: "b", reason: "timed_out", required: false }]);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("keeps succeeded where one is invalid", async () => {
    const world = createRoundWorld(["a", "Invalid required=false"]);
    assert.equal(await verdictOf(world), "succeeded");
    assert.deepEqual(annotationOf(world).failed, [
      { image: "Invalid", reason: "invalid_reference", required: false },
    ]);
  });

  for (const [what, other] of [
    ["optional", "b required=false"],
    ["for other platforms", "b platforms=linux/s390x"],
  ] as const) {
    it(`lets succeeded stand under policy Always while only an image is missing that is ${what}`, async () => {
      const world = createRoundWorld(["a", other], { pullPolicy: "Always" });
      world.imageService.store.add("a");
      mark(world, { verdict: "succeeded" });
      world.imageService.onPull("a", () => {
        assert.equal(world.nodeApi.marks.label, "succeeded");
        return undefined;
      });
      await run(world);
      assert.ok(!labelsOf(world).includes(undefined));
    });
  }

  it("keeps succeeded where the registry does not confirm one under policy Always", async () => {
    const world = createRoundWorld(["a", "b required=false"], { pullPolicy: "Always" });
    world.imageService.store.add("a").add("b");
    world.imageService.alwaysOnPull("b", failedWith("unauthorized"));
    assert.equal(await verdictOf(world), "succeeded");
    assert.deepEqual(annotationOf(world).failed, [{ image: "b", reason: "unauthorized", required: false }]);
  });

  it("pulls none where the verdict could not be written", async () => {
    const world = createRoundWorld(["a", "b required=false"]);
    world.imageService.store.add("a");
    world.nodeApi.onWrite(
      ...Array.from({ length: 100 }, () => ({ kind: "refused", message: "no" }) as const),
    );
    assert.equal((await run(world)).kind, "unwritten");
    assert.deepEqual(world.imageService.referencesOf("pullImage"), []);
  });
});

describe("runRound(), with entries for other platforms,", () => {
  const elsewhere = "platforms=linux/arm64,windows/amd64";

  it("neither looks at them nor pulls them, and counts them as skipped", async () => {
    const world = createRoundWorld(["a", `b ${elsewhere}`, `c required=false ${elsewhere}`]);
    assert.equal(await verdictOf(world), "succeeded");
    assert.ok(world.imageService.requests.every(({ imageReference }) => imageReference === "a"));
    const { entries, present, skipped, failed } = annotationOf(world);
    assert.deepEqual([entries, present, skipped, failed], [3, 1, 2, []]);
    assert.match(world.nodeApi.writes()[0]?.annotation ?? "", /"skipped":2/);
  });

  it("works on those for its own", async () => {
    const world = createRoundWorld(["a platforms=linux/amd64,linux/arm64"]);
    world.imageService.alwaysOnPull("a", failedWith("signature"));
    assert.equal(await verdictOf(world), "failed");
  });

  it("removes the label and says none where no required entry is left", async () => {
    const world = createRoundWorld([`a ${elsewhere}`]);
    mark(world, { verdict: "succeeded" });
    assert.equal(await verdictOf(world), "none");
    assert.deepEqual(labelsOf(world), [undefined]);
    const { verdict, finishedAt, present, skipped } = annotationOf(world);
    // With the time it is final; without one the list is being worked on.
    assert.deepEqual([verdict, present, skipped], ["none", 0, 1]);
    assert.equal(finishedAt, world.clock.date().toISOString());
  });

  it("writes none once", async () => {
    const world = createRoundWorld([`a ${elsewhere}`]);
    await run(world);
    await run(world);
    assert.deepEqual(world.nodeApi.methods(), ["read", "write", "read"]);
  });

  it("pulls the optional ones all the same, and still has no label", async () => {
    const world = createRoundWorld([`a ${elsewhere}`, "b required=false"]);
    assert.equal(await verdictOf(world), "none");
    assert.ok(world.imageService.store.has("b"));
    assert.deepEqual(labelsOf(world), [undefined, undefined]);
    assert.equal(annotationOf(world).present, 1);
  });

  it("calls an image optional that is required elsewhere only", async () => {
    const world = createRoundWorld(["a", `b ${elsewhere}`, "b required=false"]);
    world.imageService.alwaysOnPull("b", failedWith("signature"));
    assert.equal(await verdictOf(world), "succeeded");
    assert.deepEqual(annotationOf(world).failed, [{ image: "b", reason: "signature", required: false }]);
  });
});
