import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FailureReason, isPermanent, isTransient } from "./failure.ts";

// The compiler demands a line here for each reason, and so does the contract.
const kinds: Readonly<Record<FailureReason, "transient" | "permanent" | "next round">> = {
  invalid_reference: "permanent",
  not_found: "next round",
  no_platform: "permanent",
  unauthorized: "permanent",
  signature: "permanent",
  throttled: "transient",
  unavailable: "transient",
  timed_out: "next round",
  no_space: "next round",
  corrupt: "next round",
  runtime_down: "transient",
  evicted: "next round",
  unknown: "next round",
  internal: "next round",
};

describe("isTransient() and isPermanent()", () => {
  for (const [reason, kind] of Object.entries(kinds) as [FailureReason, string][]) {
    it(`take ${reason} for: ${kind}`, () => {
      assert.equal(isTransient(reason), kind === "transient");
      assert.equal(isPermanent(reason), kind === "permanent");
    });
  }
});
