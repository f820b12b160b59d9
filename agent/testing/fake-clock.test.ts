import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFakeClock } from "./fake-clock.ts";

describe("createFakeClock()", () => {
  it("runs what falls due in the order of its instant, each at its instant", async () => {
    const clock = createFakeClock();
    const seen: string[] = [];
    clock.after(20, () => seen.push(`b at ${clock.nowMs()}`));
    clock.after(10, () => {
      seen.push(`a at ${clock.nowMs()}`);
      clock.after(5, () => seen.push(`c at ${clock.nowMs()}`));
    });
    clock.after(31, () => seen.push("too late"));
    await clock.advance(30);
    assert.deepEqual(seen, ["a at 10", "c at 15", "b at 20"]);
    assert.deepEqual([clock.nowMs(), clock.pendingCount()], [30, 1]);
    assert.equal(clock.date().toISOString(), "2026-01-02T03:04:05.030Z");
  });

  it("does not run what was called off", async () => {
    const clock = createFakeClock();
    clock.after(10, () => assert.fail("ran"))();
    await clock.advance(10);
  });

  it("finishes a promise no later than it settles", async () => {
    const clock = createFakeClock();
    clock.after(1_000, () => assert.fail("ran"));
    const promise = new Promise((resolve) => clock.after(10, () => resolve("done")));
    assert.equal(await clock.finish(promise), "done");
    assert.equal(clock.nowMs(), 10);
  });

  it("takes no delay that a real timer would not", () => {
    const clock = createFakeClock();
    clock.after(2 ** 31 - 1, () => {});
    assert.throws(() => clock.after(2 ** 31, () => {}), RangeError);
  });

  it("complains of a promise that nothing can settle", async () => {
    await assert.rejects(createFakeClock().finish(new Promise(() => {})), /nothing is due any more/);
  });
});
