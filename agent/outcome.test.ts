import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entriesFromLines } from "./image-list.ts";
import { countsOf, failedEntriesOf, type Outcome, verdictOf } from "./outcome.ts";

const [a, b, c, d] = entriesFromLines(["a", "b", "c", "d required=false"]) as [never, never, never, never];
const effort = { attempts: 1, durationMs: 10 };
const failure = { reason: "not_found", message: "gone" } as const;
const present: Outcome = { kind: "present", entry: a, digests: [] };
const pulled: Outcome = { kind: "pulled", entry: b, digests: [], sizeBytes: 1, ...effort };
const failed: Outcome = { kind: "failed", entry: c, failure, ...effort };
const skipped: Outcome = { kind: "skipped", entry: c };
const optionalFailed: Outcome = { kind: "failed", entry: d, failure, ...effort };
const optionalPresent: Outcome = { kind: "present", entry: d, digests: [] };
const pending: Outcome = { kind: "pending", entry: d };

describe("verdictOf()", () => {
  const verdicts: readonly [what: string, outcomes: readonly Outcome[], verdict: string][] = [
    ["every entry is there", [present, pulled], "succeeded"],
    ["one entry of many is not", [present, pulled, failed], "failed"],
    ["an optional one failed", [present, optionalFailed], "succeeded"],
    ["an optional one has not had its turn", [present, pending], "succeeded"],
    ["an optional one is there and a required one is not", [optionalPresent, failed], "failed"],
    ["some are skipped and the others there", [present, skipped], "succeeded"],
    ["some are skipped and another failed", [skipped, failed], "failed"],
    ["all are skipped", [skipped], "none"],
    ["all required ones are skipped and an optional one is there", [skipped, optionalPresent], "none"],
    ["all required ones are skipped and an optional one failed", [skipped, optionalFailed], "none"],
  ];
  for (const [what, outcomes, verdict] of verdicts) {
    it(`is ${verdict} where ${what}`, () => assert.equal(verdictOf(outcomes), verdict));
  }
});

describe("failedEntriesOf()", () => {
  it("names the failed entries alone, as they were written, with their reason", () => {
    assert.deepEqual(failedEntriesOf([present, failed, pulled, skipped, pending]), [
      { image: "c", reason: "not_found" },
    ]);
  });

  it("names the required ones first, so that they are not the ones that are cut", () => {
    assert.deepEqual(failedEntriesOf([optionalFailed, failed]), [
      { image: "c", reason: "not_found" },
      { image: "d", reason: "not_found", required: false },
    ]);
  });
});

describe("countsOf()", () => {
  it("counts what is there, whether pulled now or before, and what is skipped, and nothing twice", () => {
    const outcomes = [present, pulled, failed, skipped, optionalFailed, optionalPresent, pending];
    assert.deepEqual(countsOf(outcomes), { present: 3, pulled: 1, skipped: 1 });
  });
});
