import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { msUntilNextLook } from "../look-times.ts";
import type { KeepSettings } from "../settings.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createFakeImageService, failedWith } from "../testing/fake-image-service.ts";
import { createFakeNodeApi, unavailable } from "../testing/fake-node-api.ts";
import { prefetchDefaults } from "../testing/prefetch-world.ts";
import { createRecordingLog } from "../testing/recording-log.ts";
import { annotationOf, createRoundWorld, mark } from "../testing/round-world.ts";
import { keep } from "./keep.ts";

const minuteMs = 60_000;
const intervalMs = 10 * minuteMs;
const never = new AbortController().signal;

/** A node that holds `a`, and whose Node says succeeded; `run` is one process, which is given what the one before it handed over. */
function createWorld(settings: Partial<KeepSettings> = {}, jitter = 0) {
  const clock = createFakeClock();
  const imageService = createFakeImageService("a");
  const nodeApi = createFakeNodeApi();
  const log = createRecordingLog();
  let spentCpuMs = 123.4;
  mark({ ...createRoundWorld(["a"]), nodeApi }, { verdict: "succeeded" });
  const dependencies = {
    imageService,
    nodeApi,
    clock,
    log,
    keyring: [],
    random: () => jitter,
    platform: "linux/amd64",
    diskSpace: () => ({ freeBytes: 50, totalBytes: 100 }),
    socketsIn: async () => [],
    cpuMs: () => spentCpuMs,
  };
  const all = { ...prefetchDefaults, intervalMs, sleeper: "/snooze", ...settings };
  const start = (carried: string | undefined, signal = never, lines: readonly string[] = ["a"]) =>
    keep(all, lines, { ...dependencies, carried }, signal);
  const nap = async (carried?: string) => {
    const end = await clock.finish(start(carried));
    assert.ok("kind" in end, JSON.stringify(end));
    return end;
  };
  return {
    clock,
    imageService,
    nodeApi,
    log,
    start,
    /** A process that ends as a nap. */
    nap,
    /** The one after `before`'s nap is over. */
    wake: async (before: { delayMs: number; state: string }) => {
      await clock.advance(before.delayMs);
      return nap(before.state);
    },
    /** Has the process take so much processor time in all. */
    spend: (ms: number) => {
      spentCpuMs = ms;
    },
    untilGrid: () => msUntilNextLook(all, clock.date().getTime()),
  };
}

describe("keep()", () => {
  it("only finds out when its turn comes, at first", async () => {
    const world = createWorld();
    const { delayMs } = await world.nap();
    assert.equal(delayMs, world.untilGrid());
    assert.deepEqual([world.nodeApi.requests, world.imageService.requests], [[], []]);
  });

  it("looks when it is started again, and naps for one interval", async () => {
    const world = createWorld();
    const next = await world.wake(await world.nap());
    assert.equal(next.delayMs, intervalMs);
    assert.deepEqual(world.nodeApi.methods(), ["read"]);
    assert.deepEqual(world.log.fieldsOf("looked"), [
      {
        verdict: "succeeded",
        entries: 1,
        present: 1,
        pulled: 0,
        durationMs: 0,
        cpuMs: 0,
        nextLookMs: intervalMs,
      },
    ]);
  });

  it("tells of each look what it alone has taken, as the process keeps its account over naps", async () => {
    const world = createWorld();
    const first = await world.nap();
    world.spend(300);
    const second = await world.wake(first);
    world.spend(500);
    await world.wake(second);
    assert.deepEqual(
      world.log.fieldsOf("looked").map(({ cpuMs }) => cpuMs),
      [177, 200],
    );
  });

  it("knows over naps what was there before", async () => {
    const world = createWorld();
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    const third = await world.wake(second);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
    world.imageService.store.delete("a");
    await world.wake(third);
    assert.deepEqual(annotationOf(world).failed, [{ image: "a", reason: "evicted" }]);
    assert.deepEqual(world.imageService.referencesOf("pullImage"), ["a"]);
  });

  it("tells what a round came to, and never again what is there", async () => {
    const world = createWorld();
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    world.imageService.onPull("a", failedWith("signature", "no"));
    await world.wake(second);
    assert.equal(world.log.fieldsOf("image failed").length, 1);
    assert.equal(world.log.fieldsOf("round ended").length, 1);
    assert.equal(world.log.fieldsOf("image present").length, 0);
  });

  it("is back earlier where a failure may heal before the next look", async () => {
    const world = createWorld();
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    world.imageService.onPull("a", failedWith("evicted"));
    const third = await world.wake(second);
    assert.equal(third.delayMs, minuteMs / 2);
    const fourth = await world.wake(third);
    assert.equal(world.nodeApi.marks.label, "succeeded");
    assert.equal(fourth.delayMs, world.untilGrid());
  });

  it("knows over naps when it is time to pull again, whatever the jitter and the interval", async () => {
    const world = createWorld({ intervalMs: 600_001 }, 0.123456789);
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    world.imageService.onPull("a", failedWith("signature"));
    const third = await world.wake(second);
    await world.wake(third);
    assert.equal(world.imageService.referencesOf("pullImage").length, 1);
    world.imageService.store.add("a");
    let nap = await world.wake(third);
    world.imageService.store.delete("a");
    nap = await world.wake(nap);
    assert.equal(world.imageService.referencesOf("pullImage").length, 2);
    world.imageService.store.delete("a");
    nap = await world.wake(nap);
    assert.match(nap.state, /"evictions":1/);
    assert.match(nap.state, /"pullsFromMs":[0-9]+,/);
  });

  it("looks at its usual time where the next try is later", async () => {
    const world = createWorld();
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    world.imageService.onPull("a", failedWith("signature"));
    assert.equal((await world.wake(second)).delayMs, intervalMs);
  });

  it("waits for a runtime that is away, and changes nothing where it stays away", async () => {
    const world = createWorld();
    const first = await world.nap();
    world.imageService.onVersion(...Array(10_000).fill(failedWith("runtime_down", "connect ENOENT")));
    const { delayMs } = await world.wake(first);
    assert.equal(delayMs, minuteMs);
    assert.deepEqual(world.nodeApi.requests, []);
    const [told] = world.log.fieldsOf("looked: the runtime does not say what is there");
    assert.equal(told?.error, "connect ENOENT");
  });

  it("comes back within a minute where the Node could not be made to say what is so", async () => {
    const world = createWorld();
    const first = await world.nap();
    world.nodeApi.always(unavailable);
    assert.equal((await world.wake(first)).delayMs, minuteMs);
    assert.equal(world.log.fieldsOf("looked: the Node could not be made to say so").length, 1);
  });

  it("goes on where the Node is gone, as it may be made anew", async () => {
    const world = createWorld();
    const first = await world.nap();
    world.nodeApi.onRead({ kind: "gone" });
    const second = await world.wake(first);
    assert.equal(second.delayMs, intervalMs);
    world.nodeApi.marks = { label: undefined, annotation: undefined };
    await world.wake(second);
    assert.equal(world.nodeApi.marks.label, "succeeded");
  });

  it("ends with 4 where the label is another owner's", async () => {
    const world = createWorld();
    const { state } = await world.nap();
    mark(
      { ...createRoundWorld(["a"]), nodeApi: world.nodeApi, owner: "other/release" },
      { verdict: "failed" },
    );
    const end = await world.start(state);
    assert.ok("exitCode" in end);
    assert.equal(end.exitCode, 4);
    assert.match(end.message, /belongs to other\/release/);
  });

  it("ends with 2 for an empty list", async () => {
    const end = await createWorld().start(undefined, never, []);
    assert.equal("exitCode" in end && end.exitCode, 2);
  });

  it("looks again and again by itself where there is no sleeper, until it is told to end", async () => {
    const world = createWorld({ sleeper: undefined });
    const controller = new AbortController();
    const running = world.start(undefined, controller.signal);
    running.catch(() => {});
    await world.clock.advance(5 * intervalMs);
    assert.equal(world.log.fieldsOf("looked").length, 5);
    controller.abort(new Error("told to end"));
    await assert.rejects(running, /told to end/);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("does not nap for some seconds, which a start would take", async () => {
    const world = createWorld();
    const first = await world.nap();
    await world.clock.advance(first.delayMs - 3_000);
    const controller = new AbortController();
    const running = world.start(undefined, controller.signal);
    running.catch(() => {});
    const end = await world.clock.finish(running);
    assert.equal("kind" in end && end.delayMs, intervalMs);
    assert.equal(world.log.fieldsOf("looked").length, 1);
  });
});
