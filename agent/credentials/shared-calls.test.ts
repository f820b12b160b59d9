import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { createSharedCalls } from "./shared-calls.ts";

const never = new AbortController().signal;
const reason = new Error("over");

/** Calls that end when the test says so; like a run, one rejects as its own signal aborts. */
function createWorld() {
  const calls = createSharedCalls<string>();
  const started: {
    readonly signal: AbortSignal;
    readonly end: (result: string) => void;
    fail: (error: Error) => void;
  }[] = [];
  const start = (signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => reject(signal.reason));
    started.push({ signal, end: resolve, fail: reject });
    return promise;
  };
  return { started, join: (signal = never, key = "x") => calls.join(key, start, signal) };
}

describe("createSharedCalls()", () => {
  it("has one call for all who ask for the same, and a new one for the next after it", async () => {
    const { started, join } = createWorld();
    const both = [join(), join()];
    assert.equal(started.length, 1);
    started[0]?.end("first");
    assert.deepEqual(await Promise.all(both), ["first", "first"]);
    const next = join();
    started[1]?.end("second");
    assert.equal(await next, "second");
  });

  it("has a call of its own for each key", () => {
    const { started, join } = createWorld();
    void join(never, "x");
    void join(never, "y");
    assert.equal(started.length, 2);
  });

  it("hands an error to all, and begins anew after it", async () => {
    const { started, join } = createWorld();
    const both = [join(), join()];
    started[0]?.fail(reason);
    for (const one of both) await assert.rejects(one, reason);
    void join();
    assert.equal(started.length, 2);
  });

  for (const [who, leaver] of [
    ["began it", 0],
    ["joined", 1],
  ] as const) {
    it(`goes on for the others when the one who ${who} leaves`, async () => {
      const { started, join } = createWorld();
      const controller = new AbortController();
      const waits = [0, 1, 2].map((index) => join(index === leaver ? controller.signal : never));
      controller.abort(reason);
      await assert.rejects(waits[leaver] ?? assert.fail(), reason);
      assert.equal(started[0]?.signal.aborted, false);
      started[0]?.end("done");
      const others = waits.filter((_, index) => index !== leaver);
      assert.deepEqual(await Promise.all(others), ["done", "done"]);
    });
  }

  it("ends the call with the last who waits, and whoever asks then gets a new one", async () => {
    const { started, join } = createWorld();
    const controllers = [new AbortController(), new AbortController()];
    const waits = controllers.map(({ signal }) => join(signal));
    controllers[0]?.abort(reason);
    assert.equal(started[0]?.signal.aborted, false);
    controllers[1]?.abort(reason);
    assert.equal(started[0]?.signal.aborted, true);
    const next = join();
    assert.equal(started.length, 2);
    for (const wait of waits) await assert.rejects(wait, reason);
    // The end of the old call must not take the new one away.
    const another = join();
    assert.equal(started.length, 2);
    started[1]?.end("new");
    assert.deepEqual([await next, await another], ["new", "new"]);
  });

  it("starts nothing for a signal that has aborted", async () => {
    const { started, join } = createWorld();
    await assert.rejects(join(AbortSignal.abort(reason)), reason);
    assert.equal(started.length, 0);
  });

  it("leaves no listener on a signal, and a later abort changes nothing", async () => {
    const { started, join } = createWorld();
    const controller = new AbortController();
    const wait = join(controller.signal);
    started[0]?.end("done");
    assert.equal(await wait, "done");
    await Promise.resolve();
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
    controller.abort(reason);
    assert.equal(started[0]?.signal.aborted, false);
  });
});
