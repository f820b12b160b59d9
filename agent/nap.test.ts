import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isWorthNap } from "./nap.ts";

describe("isWorthNap()", () => {
  it("is true for a wait of more than a minute, where there is a sleeper", () => {
    assert.equal(isWorthNap("/snooze", 60_001), true);
    assert.equal(isWorthNap("/snooze", 60_000), false);
    assert.equal(isWorthNap("/snooze", 0), false);
  });

  it("is false without a sleeper, however long the wait is", () => {
    assert.equal(isWorthNap(undefined, 24 * 3_600_000), false);
  });

  it("takes another least wait", () => {
    assert.equal(isWorthNap("/snooze", 5_001, 5_000), true);
    assert.equal(isWorthNap("/snooze", 5_000, 5_000), false);
    assert.equal(isWorthNap("/snooze", 60_001, 90_000), false);
  });
});
