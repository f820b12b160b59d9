import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it, mock } from "node:test";
import { createBell } from "./bell.ts";

const never = new AbortController().signal;
const listenersOf = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

/** Whether `promise` has resolved by the time that all promises which can settle have. */
async function hasResolved(promise: Promise<void>): Promise<boolean> {
  let resolved = false;
  void promise.then(() => {
    resolved = true;
  });
  await new Promise(setImmediate);
  return resolved;
}

describe("createBell()", () => {
  it("wakes all who wait, once it is rung and not before", async () => {
    const bell = createBell();
    const waiting = [bell.rung(never), bell.rung(never)];
    assert.deepEqual(await Promise.all(waiting.map(hasResolved)), [false, false]);
    bell.ring();
    assert.deepEqual(await Promise.all(waiting.map(hasResolved)), [true, true]);
  });

  it("does not wake those who come after it was rung", async () => {
    const bell = createBell();
    bell.ring();
    assert.equal(await hasResolved(bell.rung(never)), false);
  });

  it("lets who was woken wait for the next time", async () => {
    const bell = createBell();
    let wakeUps = 0;
    const waiter = async () => {
      for (;;) {
        await bell.rung(never);
        wakeUps += 1;
      }
    };
    void waiter();
    for (let rings = 1; rings <= 3; rings += 1) {
      bell.ring();
      await new Promise(setImmediate);
      assert.equal(wakeUps, rings);
    }
  });

  it("rejects with the signal's reason as soon as it aborts, and leaves the others waiting", async () => {
    const bell = createBell();
    const controller = new AbortController();
    const reason = new Error("told to end");
    const aborted = bell.rung(controller.signal);
    const waiting = bell.rung(never);
    controller.abort(reason);
    await assert.rejects(aborted, reason);
    assert.equal(await hasResolved(waiting), false);
    bell.ring();
    await waiting;
  });

  it("does not begin to wait where the signal has aborted", async () => {
    const signal = AbortSignal.abort(new Error("told to end"));
    await assert.rejects(createBell().rung(signal), /told to end/);
    assert.equal(listenersOf(signal), 0);
  });

  it("keeps no listener, neither of who was woken nor of who gave up", async () => {
    const bell = createBell();
    const controller = new AbortController();
    const woken = bell.rung(controller.signal);
    assert.equal(listenersOf(controller.signal), 1);
    bell.ring();
    await woken;
    assert.equal(listenersOf(controller.signal), 0);
    const givenUp = bell.rung(controller.signal);
    controller.abort(new Error("told to end"));
    await assert.rejects(givenUp);
    assert.equal(listenersOf(controller.signal), 0);
  });

  it("has nothing to do with who was woken or gave up before when it is rung again", async () => {
    const bell = createBell();
    const controllers = [new AbortController(), new AbortController()] as const;
    const released = controllers.map(({ signal }) => mock.method(signal, "removeEventListener").mock);
    const woken = bell.rung(controllers[0].signal);
    const givenUp = bell.rung(controllers[1].signal);
    controllers[1].abort(new Error("told to end"));
    await assert.rejects(givenUp);
    for (let rings = 1; rings <= 3; rings += 1) bell.ring();
    await woken;
    assert.deepEqual(
      released.map((releases) => releases.callCount()),
      [1, 0],
    );
  });
});
