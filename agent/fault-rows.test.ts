// Rows of the fault matrix by fakes. Rows that want a process or a socket: fault-rows-process.test.ts and memory.test.ts; the
// others are stories on real parts (ci/e2e).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Metadata, status } from "@grpc/grpc-js";
import { failureFromError } from "./cri/failure-from-error.ts";
import type { PullAnswer } from "./image-service.ts";
import { runRound } from "./round.ts";
import { conflict } from "./testing/fake-node-api.ts";
import { createPrefetchWorld, type PrefetchWorld } from "./testing/prefetch-world.ts";
import { annotationOf, createRoundWorld, intercepted, mark } from "./testing/round-world.ts";

const minuteMs = 60_000;

/** What containerd 2.4 was seen to say under `fault`, as the agent understands it. */
function seen(fault: string): PullAnswer {
  const { failures } = JSON.parse(
    readFileSync(join(import.meta.dirname, "cri/seen/containerd-2.4.json"), "utf8"),
  ) as { failures: readonly { fault: string; code: keyof typeof status; details: string }[] };
  const found = failures.find((failure) => failure.fault === fault);
  assert.ok(found !== undefined, fault);
  const { code, details } = found;
  const error = Object.assign(new Error(details), { code: status[code], details, metadata: new Metadata() });
  return { kind: "failed", failure: failureFromError(error) };
}

const pullsIn = (world: PrefetchWorld) => world.imageService.referencesOf("pullImage");
const failedIn = (world: PrefetchWorld) => annotationOf(world).failed;

describe("the fault matrix, by fakes", () => {
  it("row 10: a moved tag shows in the log's digest of each image, whether it was pulled or there before", async () => {
    const world = createPrefetchWorld();
    world.imageService.store.add("a");
    await world.finish("a", "b");
    const digestsOf = (message: string) =>
      world.log.fieldsOf(message).map(({ image, digests }) => [image, digests]);
    assert.deepEqual(digestsOf("image pulled"), [["b", ["b@sha256:0123"]]]);
    assert.deepEqual(digestsOf("image present"), [["a", ["a@sha256:0123"]]]);
  });

  it("row 17: a conflict is tried again on the Node as it is then", async () => {
    const world = createPrefetchWorld();
    world.imageService.store.add("a");
    const changed = () => {
      // The kubelet, say, between the agent's read and its write.
      world.nodeApi.marks = { ...world.nodeApi.marks };
      return undefined;
    };
    world.nodeApi.onWrite(changed, changed);
    assert.equal((await world.finish("a")).exitCode, 0);
    assert.deepEqual(
      world.log.fieldsOf("the verdict is not written yet").map(({ error }) => error),
      [conflict.message, conflict.message],
    );
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  describe("row 21: an admission webhook for Nodes that is down", () => {
    const message = 'Internal error occurred: failed calling webhook "x": connection refused (HTTP 500)';
    const down = { kind: "unavailable", message } as const;

    it("row 21: is waited for, and the verdict written when it is back", async () => {
      const world = createPrefetchWorld();
      world.nodeApi.onWrite(...Array.from({ length: 8 }, () => down));
      assert.equal((await world.finish("a")).exitCode, 0);
      assert.equal(world.nodeApi.marks.label, "succeeded");
    });

    it("row 21: ends with 3 and its words where it does not come back", async () => {
      const world = createPrefetchWorld();
      world.nodeApi.onWrite(...Array.from({ length: 100 }, () => down));
      const result = await world.finish("a");
      assert.equal(result.exitCode, 3);
      assert.ok(result.message.includes(message), result.message);
      assert.ok(world.imageService.store.has("a"));
    });
  });

  for (const fault of ["disk-full-unpacking", "read-only"]) {
    it(`row 26: a file system without inodes, or read-only, is no space: few attempts, then failed (${fault})`, async () => {
      const world = createPrefetchWorld({ concurrency: 1, onFailure: "continue" });
      world.imageService.alwaysOnPull("a", seen(fault));
      world.imageService.alwaysOnPull("b", seen(fault));
      assert.equal((await world.finish("a", "b", "c")).exitCode, 0);
      assert.equal(world.nodeApi.marks.label, "failed");
      assert.deepEqual(
        (failedIn(world) as { image: string; reason: string }[]).map(({ reason }) => reason),
        ["no_space", "no_space", "no_space"],
      );
      // The first, and a single late one: nothing else is started on such a disk.
      assert.equal(pullsIn(world).length, 2);
      assert.ok(world.clock.nowMs() < 5 * minuteMs);
    });
  }

  it("row 29: a process that dies at any point leaves nothing untrue, and the next one finishes its work", async () => {
    let deaths = 0;
    for (let lastRequest = 1; ; lastRequest += 1) {
      const world = createRoundWorld(["a", "b", "c required=false"]);
      world.imageService.store.add("b");
      mark(world, { verdict: "succeeded" });
      let requests = 0;
      const death = Promise.withResolvers<void>();
      const dying = intercepted(world, () => {
        requests += 1;
        if (requests < lastRequest) return Promise.resolve();
        death.resolve();
        return new Promise(() => {});
      });
      const round = runRound(dying, new AbortController().signal);
      await world.clock.finish(Promise.race([round, death.promise]));
      if (requests < lastRequest) break;
      deaths += 1;

      const { store } = world.imageService;
      const isPulling = world.imageService.referencesOf("pullImage").length > 0;
      if (isPulling && world.nodeApi.marks.label === "succeeded") assert.ok(store.has("a"));
      const next = createRoundWorld(["a", "b", "c required=false"]);
      for (const reference of store) next.imageService.store.add(reference);
      next.nodeApi.marks = world.nodeApi.marks;
      await next.clock.finish(runRound(next, new AbortController().signal));
      assert.equal(next.nodeApi.marks.label, "succeeded");
      assert.deepEqual([...next.imageService.store].sort(), ["a", "b", "c"]);
    }
    assert.ok(deaths > 10, String(deaths));
  });

  describe("row 31: a wall clock that jumps", () => {
    /** A run with waits of every kind: each request and when it came, by the clock that only goes forward. */
    async function timesWith(jumpsMs: readonly number[]): Promise<readonly string[]> {
      const world = createPrefetchWorld();
      const times: string[] = [];
      const note = (what: string) => {
        times.push(`${what} at ${world.clock.nowMs()}`);
        return undefined;
      };
      const unavailable = { kind: "failed", failure: { reason: "unavailable", message: "503" } } as const;
      const fails = () => note("pull") ?? unavailable;
      const takesLong = () =>
        new Promise<undefined>((resolve) => world.clock.after(20 * minuteMs, () => resolve(note("pulled"))));
      const isDown = () => note("write") ?? ({ kind: "unavailable", message: "down" } as const);
      world.imageService.onPull("a", ...Array(5).fill(fails), takesLong);
      world.imageService.onPull("b", "hangs");
      world.nodeApi.onWrite(...Array(12).fill(isDown));
      const ended = world.run(["a", "b"]);
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      ended.then(over, over);
      for (let step = 0; !isOver; step += 1) {
        const jumpMs = jumpsMs[step % jumpsMs.length] ?? 0;
        world.clock.setDate(new Date(world.clock.date().getTime() + jumpMs));
        await world.clock.advance(1_000);
      }
      const { exitCode } = await ended;
      return [...times, `ended with ${exitCode} at ${world.clock.nowMs()}`];
    }

    it("row 31: changes no budget, no wait and no deadline", async () => {
      const undisturbed = await timesWith([0]);
      assert.ok(undisturbed.length > 15, undisturbed.join());
      const yearMs = 365 * 24 * 60 * minuteMs;
      assert.deepEqual(await timesWith([yearMs, -yearMs]), undisturbed);
      assert.deepEqual(
        await timesWith([-minuteMs, -minuteMs, 3 * minuteMs, -10 * yearMs, yearMs]),
        undisturbed,
      );
    });
  });

  it("row 38: an image of a format that the runtime no longer takes fails in seconds, with the runtime's words", async () => {
    const world = createPrefetchWorld({ onFailure: "exit" });
    world.imageService.alwaysOnPull("a", seen("schema-1"));
    const result = await world.finish("a", "b");
    assert.equal(result.exitCode, 1);
    assert.match(result.message, /a: unknown: .*schema 1 image manifests are no longer supported/);
    assert.equal(pullsIn(world).filter((image) => image === "a").length, 3);
    assert.ok(world.clock.nowMs() < 10_000, String(world.clock.nowMs()));
    assert.ok(world.imageService.store.has("b"));
  });

  it("row 44: a pull that containerd cancelled by itself is tried again", async () => {
    const world = createPrefetchWorld();
    world.imageService.onPull("a", seen("stalled"));
    const result = await world.finish("a");
    assert.equal(result.exitCode, 0);
    assert.deepEqual(pullsIn(world), ["a", "a"]);
    assert.deepEqual(
      world.log.fieldsOf("attempt failed, another follows").map(({ reason }) => reason),
      ["unavailable"],
    );
  });

  describe("row 47: a bug in one entry's work", () => {
    it("row 47: fails that entry in its pull, by its name and in the log, and no other", async () => {
      const world = createPrefetchWorld({ onFailure: "exit" });
      world.imageService.alwaysOnPull("a", new TypeError("a bug"));
      const result = await world.finish("a", "b");
      assert.equal(result.exitCode, 1);
      assert.deepEqual(failedIn(world), [{ image: "a", reason: "internal" }]);
      assert.ok(world.imageService.store.has("b"));
      assert.match(String(world.log.fieldsOf("image failed")[0]?.error), /TypeError: a bug\n +at /);
    });

    it("row 47: fails that entry in each look, which is a verdict and not silence", async () => {
      const world = createPrefetchWorld({ onFailure: "exit" });
      world.imageService.store.add("a").add("b");
      world.imageService.onStatus("a", ...Array(50).fill(new TypeError("a bug")));
      const result = await world.finish("a", "b");
      assert.equal(result.exitCode, 1);
      assert.equal(world.nodeApi.marks.label, "failed");
      assert.deepEqual(failedIn(world), [{ image: "a", reason: "internal" }]);
      assert.equal(annotationOf(world).present, 1);
    });
  });
});
