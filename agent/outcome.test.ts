import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entriesFromLines } from "./image-list.ts";
import { failedEntriesOf, type Outcome, verdictOf } from "./outcome.ts";

const [a, b, c] = entriesFromLines(["a", "b", "c"]) as [never, never, never];
const effort = { attempts: 1, durationMs: 10 };
const present: Outcome = { kind: "present", entry: a, digests: [] };
const pulled: Outcome = { kind: "pulled", entry: b, digests: [], sizeBytes: 1, ...effort };
const failed: Outcome = {
  kind: "failed",
  entry: c,
  failure: { reason: "not_found", message: "gone" },
  ...effort,
};

describe("verdictOf()", () => {
  it("is succeeded where every entry is there", () =>
    assert.equal(verdictOf([present, pulled]), "succeeded"));
  it("is failed where one entry of many is not", () =>
    assert.equal(verdictOf([present, pulled, failed]), "failed"));
});

describe("failedEntriesOf()", () => {
  it("names the failed entries alone, as they were written, with their reason", () => {
    assert.deepEqual(failedEntriesOf([present, failed, pulled]), [{ image: "c", reason: "not_found" }]);
  });
});
