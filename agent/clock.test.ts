import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "./clock.ts";

describe("systemClock", () => {
  it("goes forward when the wall clock is set back", (t) => {
    const beforeMs = systemClock.nowMs();
    t.mock.timers.enable({ apis: ["Date"], now: 0 });
    assert.equal(systemClock.date().getTime(), 0);
    assert.ok(systemClock.nowMs() >= beforeMs);
  });

  it("calls back once after the delay", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let calls = 0;
    systemClock.after(1_000, () => {
      calls += 1;
    });
    t.mock.timers.tick(999);
    assert.equal(calls, 0);
    t.mock.timers.tick(2_000);
    assert.equal(calls, 1);
  });

  it("does not call back what was called off", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const callOff = systemClock.after(1_000, () => assert.fail("called back"));
    callOff();
    t.mock.timers.tick(2_000);
  });
});
