import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { annotationFromRecord, type NodeRecord, saysVerdict, standingFailuresFrom } from "./node-record.ts";

const record: NodeRecord = {
  v: 1,
  revision: "1-0123456789ab",
  owner: "default/my-images",
  verdict: "failed",
  finishedAt: "2026-01-02T03:04:05.000Z",
  entries: 3,
  present: 1,
  skipped: 0,
  failed: [
    { image: "a", reason: "not_found" },
    { image: "b", reason: "evicted", required: false },
  ],
};
const failuresIn = (text: string | undefined) => standingFailuresFrom(text, record);

describe("standingFailuresFrom()", () => {
  it("has each failed entry's reason by its name", () => {
    const failures = failuresIn(annotationFromRecord(record));
    assert.deepEqual(
      [...(failures ?? [])],
      [
        ["a", "not_found"],
        ["b", "evicted"],
      ],
    );
    assert.equal(failuresIn(annotationFromRecord({ ...record, failed: [] }))?.size, 0);
  });

  it("takes a reason of another version for unknown, and passes over what is none of ours", () => {
    const failed = [{ image: "a", reason: "on_holiday" }, null, "b", { reason: "not_found" }];
    assert.deepEqual([...(failuresIn(JSON.stringify({ ...record, failed })) ?? [])], [["a", "unknown"]]);
  });

  const unknown: readonly [what: string, text: string | undefined][] = [
    ["nothing", undefined],
    ["no JSON", "{"],
    ["another list", annotationFromRecord({ ...record, revision: "1-ba9876543210" })],
    ["another owner", annotationFromRecord({ ...record, owner: "other/release" })],
    ["a list that is being worked on", JSON.stringify({ ...record, finishedAt: undefined })],
    ["a list of failures that was cut", JSON.stringify({ ...record, moreFailed: 1 })],
    ["failures that are no list", JSON.stringify({ ...record, failed: {} })],
  ];
  for (const [what, text] of unknown)
    it(`knows nothing by ${what}`, () => assert.equal(failuresIn(text), undefined));
});

describe("saysVerdict()", () => {
  const annotation = annotationFromRecord(record);
  it("is so where label and annotation say it, of that list and owner", () => {
    assert.ok(saysVerdict("failed", record, { label: "failed", annotation }));
    const none = annotationFromRecord({ ...record, verdict: "none" });
    assert.ok(saysVerdict("none", record, { label: undefined, annotation: none }));
  });

  it("is not where one of them says otherwise", () => {
    const others = [
      { label: "succeeded", annotation },
      { label: undefined, annotation },
      { label: "failed", annotation: undefined },
      { label: "failed", annotation: annotationFromRecord({ ...record, verdict: "succeeded" }) },
      { label: "failed", annotation: annotationFromRecord({ ...record, owner: "other/release" }) },
      { label: "failed", annotation: annotationFromRecord({ ...record, revision: "1-ba9876543210" }) },
    ];
    for (const marks of others) assert.equal(saysVerdict("failed", record, marks), false);
  });
});
