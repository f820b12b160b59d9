import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPool } from "./pool.ts";

const never = new AbortController().signal;

describe("createPool()", () => {
  for (const concurrency of [1, 3]) {
    it(`runs ${concurrency} of ten tasks at once, in the order they came`, async () => {
      const pool = createPool(concurrency);
      const started: number[] = [];
      let underWay = 0;
      let mostAtOnce = 0;
      const task = (number: number) => async () => {
        started.push(number);
        underWay += 1;
        mostAtOnce = Math.max(mostAtOnce, underWay);
        await new Promise(setImmediate);
        underWay -= 1;
        return number;
      };
      const numbers = Array.from({ length: 10 }, (_, index) => index);
      assert.deepEqual(await Promise.all(numbers.map((number) => pool.run(task(number), never))), numbers);
      assert.deepEqual(started, numbers);
      assert.equal(mostAtOnce, concurrency);
    });
  }

  it("goes on after a task that rejects", async () => {
    const pool = createPool(1);
    const failed = pool.run(() => Promise.reject(new Error("broken")), never);
    const next = pool.run(async () => "next", never);
    await assert.rejects(failed, /broken/);
    assert.equal(await next, "next");
  });

  it("does not start a waiting task whose signal has aborted meanwhile", async () => {
    const pool = createPool(1);
    const controller = new AbortController();
    const first = Promise.withResolvers<void>();
    const running = pool.run(() => first.promise, never);
    const waiting = pool.run(() => assert.fail("started"), controller.signal);
    controller.abort(new Error("told to end"));
    first.resolve();
    await running;
    await assert.rejects(waiting, /told to end/);
  });

  it("leaves a running task to its own signal", async () => {
    const pool = createPool(1);
    const controller = new AbortController();
    const task = Promise.withResolvers<string>();
    const running = pool.run(() => task.promise, controller.signal);
    await new Promise(setImmediate);
    controller.abort();
    task.resolve("ended by itself");
    assert.equal(await running, "ended by itself");
  });
});
