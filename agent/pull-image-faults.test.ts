import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pullImage } from "./pull-image.ts";
import type { RoundContext } from "./round-context.ts";
import { failedWith } from "./testing/fake-image-service.ts";
import { createPullWorld, type PullWorld } from "./testing/pull-world.ts";

const never = new AbortController().signal;
const bug = new TypeError("a bug");
const throws = () => {
  throw bug;
};

interface Fault {
  readonly where: string;
  readonly settings?: Partial<RoundContext>;
  readonly makeFault: (world: PullWorld) => void;
}

const faults: readonly Fault[] = [
  { where: "in an attempt", makeFault: (world) => world.imageService.onPull("a", bug) },
  {
    where: "in an attempt with a time limit",
    settings: { attemptTimeoutMs: 9_000 },
    makeFault: (world) => world.imageService.onPull("a", bug),
  },
  {
    where: "while it waits for the runtime",
    makeFault: (world) => {
      world.imageService.onPull("a", failedWith("runtime_down"));
      world.imageService.onVersion(bug);
    },
  },
];

/** Pulls two images of one registry and one of another, all at once. */
const pullAll = (world: PullWorld) =>
  world.clock.finish(Promise.all(["a", "b", "quay.io/c"].map((line) => world.pull(line, never))));

const createWorld = (settings?: Partial<RoundContext>) =>
  createPullWorld(["a", "b", "quay.io/c"], { concurrency: 1, ...settings });

describe("pullImage(), where the agent is at fault", () => {
  for (const { where, settings, makeFault } of faults) {
    it(`${where}: fails as internal, says where, and the others are pulled`, async () => {
      const world = createWorld(settings);
      makeFault(world);
      const [a, b, c] = await pullAll(world);
      assert.ok(a?.kind === "failed" && a.failure.reason === "internal");
      assert.match(a.failure.message, /TypeError: a bug\n\s+at /);
      assert.deepEqual([b?.kind, c?.kind], ["pulled", "pulled"]);
      assert.equal(world.clock.pendingCount(), 0);
    });
  }

  it("gives the places at its registry and at the disk back", async () => {
    const throttledRegistries = new Set(["docker.io"]);
    const world = createPullWorld(["a", "b"], { throttledRegistries }, { largestImageBytes: 100 });
    world.imageService.onPull("a", bug);
    const ends = await Promise.all([world.pull("a", never), world.pull("b", never)]);
    assert.deepEqual(
      ends.map(({ kind }) => kind),
      ["failed", "pulled"],
    );
  });

  it("fails every entry as internal, and hangs at none, where the disk cannot be looked at", async () => {
    const world = createWorld({ diskSpace: throws });
    for (const end of await pullAll(world))
      assert.ok(end.kind === "failed" && end.failure.reason === "internal");
    assert.deepEqual(world.imageService.requests, []);
  });

  it("goes on with the disk once it can be looked at again", async () => {
    let looks = 0;
    const diskSpace = () => {
      looks += 1;
      return looks === 1 ? throws() : { freeBytes: 50, totalBytes: 100 };
    };
    const ends = await pullAll(createWorld({ diskSpace }));
    assert.deepEqual(ends.map(({ kind }) => kind).sort(), ["failed", "pulled", "pulled"]);
  });

  it("fails the entry as internal of which nothing can be said in the log, and the others are pulled", async () => {
    const world = createWorld();
    world.imageService.alwaysOnPull("a", failedWith("unavailable"));
    const [a, b] = world.entries.map((entry) =>
      pullImage(entry, { ...world, log: { ...world.log, warn: throws } }, never),
    );
    const result = await world.clock.finish(Promise.resolve(a));
    assert.ok(result?.kind === "failed" && result.failure.reason === "internal");
    assert.equal((await b)?.kind, "pulled");
  });
});
