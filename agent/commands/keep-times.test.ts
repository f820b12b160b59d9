import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failedWith } from "../testing/fake-image-service.ts";
import { unavailable } from "../testing/fake-node-api.ts";
import { createNappingWorld, keepIntervalMs } from "../testing/napping-world.ts";

const minuteMs = 60_000;

describe("keep(), of its times,", () => {
  it("only finds out when its turn comes, at first, which is within a minute", async () => {
    const world = createNappingWorld();
    const { delayMs } = await world.nap();
    assert.equal(delayMs, world.untilFirst());
    assert.ok(delayMs <= minuteMs);
    assert.deepEqual([world.nodeApi.requests, world.imageService.requests], [[], []]);
  });

  it("looks when it is started again, and then at its node's time, once in each interval", async () => {
    const world = createNappingWorld();
    const second = await world.wake(await world.nap());
    assert.equal(second.delayMs, world.untilGrid());
    const third = await world.wake(second);
    assert.equal(third.delayMs, keepIntervalMs);
  });

  it("is back earlier where a failure may heal before the next look", async () => {
    const world = createNappingWorld();
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
    const world = createNappingWorld({ intervalMs: 600_001 }, 0.123456789);
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    world.imageService.onPull("a", failedWith("signature"));
    const third = await world.wake(second);
    assert.match(third.state, /"pullsFromMs":[1-9][0-9]+,/);
    await world.wake(third);
    assert.equal(world.imageService.referencesOf("pullImage").length, 1);
    world.imageService.store.add("a");
    let nap = await world.wake(third);
    world.imageService.store.delete("a");
    nap = await world.wake(nap);
    assert.equal(world.imageService.referencesOf("pullImage").length, 2);
    world.imageService.store.delete("a");
    nap = await world.wake(nap);
    assert.match(nap.state, /"leftUntilMs":\{"AQ==":[0-9]+\},"evictions":\{"AQ==":1\}/);
  });

  it("looks at its usual time where the next try is later", async () => {
    const world = createNappingWorld();
    const second = await world.wake(await world.nap());
    world.imageService.store.delete("a");
    world.imageService.onPull("a", failedWith("signature"));
    assert.equal((await world.wake(second)).delayMs, keepIntervalMs);
  });

  it("waits for a runtime that is away, and changes nothing where it stays away", async () => {
    const world = createNappingWorld();
    const first = await world.nap();
    world.imageService.onVersion(...Array(10_000).fill(failedWith("runtime_down", "connect ENOENT")));
    const { delayMs } = await world.wake(first);
    assert.equal(delayMs, minuteMs / 2);
    assert.deepEqual(world.nodeApi.requests, []);
    const [told] = world.log.fieldsOf("looked: nothing could be found out");
    assert.equal(told?.error, "connect ENOENT");
  });

  it("comes back within a minute where the API server is away, then later and later, and asks it little", async () => {
    const world = createNappingWorld();
    let nap = await world.settled();
    world.nodeApi.always(unavailable);
    const waits: number[] = [];
    const before = world.nodeApi.requests.length;
    for (let look = 1; look <= 6; look += 1) {
      nap = await world.wake(nap);
      waits.push(nap.delayMs);
    }
    assert.deepEqual(
      waits.slice(0, 4),
      [0.5, 1, 2, 4].map((minutes) => minutes * minuteMs),
    );
    assert.ok(waits.slice(4).every((ms) => ms <= keepIntervalMs));
    // Three tries a look, which is what any request to the Node gets.
    assert.equal(world.nodeApi.requests.length - before, 18);
  });

  it("looks again and again by itself where there is no sleeper, until it is told to end", async () => {
    const world = createNappingWorld({ sleeper: undefined });
    const controller = new AbortController();
    const running = world.start(undefined, controller.signal);
    running.catch(() => {});
    await world.clock.advance(5 * keepIntervalMs);
    assert.equal(world.log.fieldsOf("looked").length, 6);
    controller.abort(new Error("told to end"));
    await assert.rejects(running, /told to end/);
    assert.equal(world.clock.pendingCount(), 0);
  });

  it("does not nap for some seconds, which a start would take", async () => {
    const world = createNappingWorld();
    const first = await world.nap();
    await world.clock.advance(first.delayMs - 3_000);
    const controller = new AbortController();
    const running = world.start(undefined, controller.signal);
    running.catch(() => {});
    const end = await world.clock.finish(running);
    assert.equal("kind" in end && end.delayMs, world.untilGrid());
    assert.equal(world.log.fieldsOf("looked").length, 1);
  });
});
