import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FailureReason, failureReasonFrom, isPermanent } from "./failure.ts";

// The compiler demands a line here for each reason, and so does the contract.
const isHealedByTime: Readonly<Record<FailureReason, boolean>> = {
  invalid_reference: false,
  not_found: true,
  no_platform: false,
  unauthorized: false,
  signature: false,
  throttled: true,
  unavailable: true,
  timed_out: true,
  no_space: true,
  corrupt: true,
  runtime_down: true,
  evicted: true,
  unknown: true,
  internal: true,
};

describe("isPermanent()", () => {
  for (const [reason, healed] of Object.entries(isHealedByTime) as [FailureReason, boolean][]) {
    it(`takes ${reason} for one that time ${healed ? "may heal" : "does not heal"}`, () => {
      assert.equal(isPermanent(reason), !healed);
    });
  }
});

describe("failureReasonFrom()", () => {
  it("knows every reason, and nothing else", () => {
    for (const reason of Object.keys(isHealedByTime)) assert.equal(failureReasonFrom(reason), reason);
    for (const other of ["", "gone", 1, null, undefined, {}])
      assert.equal(failureReasonFrom(other), undefined);
  });
});
