import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { createDeadline, DeadlinePassed, sleep } from "./deadline.ts";
import { createFakeClock } from "./testing/fake-clock.ts";

const listenersOf = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("createDeadline()", () => {
  it("aborts at its instant, and not a millisecond before", async () => {
    const clock = createFakeClock();
    using deadline = createDeadline(clock, 1_000, new AbortController().signal);
    await clock.advance(999);
    assert.equal(deadline.signal.aborted, false);
    assert.equal(deadline.remainingMs(), 1);
    await clock.advance(1);
    assert.ok(deadline.signal.reason instanceof DeadlinePassed);
    await clock.advance(5);
    assert.equal(deadline.remainingMs(), 0);
  });

  it("aborts with its parent, for the parent's reason, and leaves no listener behind", () => {
    const parent = new AbortController();
    using deadline = createDeadline(createFakeClock(), 1_000, parent.signal);
    const reason = new Error("told to end");
    parent.abort(reason);
    assert.equal(deadline.signal.reason, reason);
    assert.equal(listenersOf(parent.signal), 0);
  });

  it("is over from the start where its parent is", () => {
    const reason = new Error("told to end");
    using deadline = createDeadline(createFakeClock(), 1_000, AbortSignal.abort(reason));
    assert.equal(deadline.signal.reason, reason);
  });

  it("does not end its parent", async () => {
    const clock = createFakeClock();
    const parent = new AbortController();
    using _ = createDeadline(clock, 1, parent.signal);
    await clock.advance(1);
    assert.equal(parent.signal.aborted, false);
  });

  it("keeps neither a timer nor a listener once it is disposed of", () => {
    const clock = createFakeClock();
    const parent = new AbortController();
    {
      using _ = createDeadline(clock, 1_000, parent.signal);
      assert.deepEqual([clock.pendingCount(), listenersOf(parent.signal)], [1, 1]);
    }
    assert.deepEqual([clock.pendingCount(), listenersOf(parent.signal)], [0, 0]);
  });

  it("does not care for a jump of the wall clock", async () => {
    const clock = createFakeClock();
    using deadline = createDeadline(clock, 1_000, new AbortController().signal);
    clock.setDate(new Date("2036-01-01"));
    await clock.advance(10);
    assert.equal(deadline.signal.aborted, false);
  });
});

describe("sleep()", () => {
  it("resolves after its delay, and leaves no listener behind", async () => {
    const clock = createFakeClock();
    const { signal } = new AbortController();
    const slept = sleep(clock, 1_000, signal);
    assert.equal(listenersOf(signal), 1);
    await clock.advance(1_000);
    await slept;
    assert.equal(listenersOf(signal), 0);
  });

  it("rejects as soon as the signal aborts, and leaves neither a timer nor a listener behind", async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const slept = sleep(clock, 1_000, controller.signal);
    controller.abort(new Error("told to end"));
    await assert.rejects(slept, /told to end/);
    assert.deepEqual([clock.nowMs(), clock.pendingCount(), listenersOf(controller.signal)], [0, 0, 0]);
  });

  it("does not begin where the signal has aborted", async () => {
    const clock = createFakeClock();
    await assert.rejects(sleep(clock, 1_000, AbortSignal.abort(new Error("told to end"))), /told to end/);
    assert.equal(clock.pendingCount(), 0);
  });
});
