import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  annotationFromRecord,
  changeTo,
  foreignOwnerOf,
  instanceProblem,
  isSaid,
  keyOf,
  type NodeRecord,
  standingRecordFrom,
} from "./node-record.ts";
import { cpuMsOf } from "./testing/cpu-time.ts";

const record: NodeRecord = {
  v: 1,
  revision: "1-0123456789ab",
  owner: "default/my-images",
  verdict: "failed",
  finishedAt: "2026-01-02T03:04:05.000Z",
  entries: 20,
  present: 19,
  skipped: 0,
  failed: [{ image: "quay.io/x:1", reason: "not_found" }],
};
const none: NodeRecord = {
  v: 1,
  revision: record.revision,
  owner: record.owner,
  verdict: "none",
  entries: 20,
  present: 0,
  skipped: 0,
  failed: [],
};

describe("keyOf()", () => {
  it("puts the instance behind the project's prefix", () =>
    assert.equal(keyOf("my-images"), "image-prefetcher.stackrox.io/my-images"));
});

describe("instanceProblem()", () => {
  for (const instance of ["a", "A", "0", "my-images", "a_b.c-d", "v1.2", "a".repeat(63)]) {
    it(`takes ${instance.slice(0, 20)}`, () => assert.equal(instanceProblem(instance), undefined));
  }
  for (const instance of ["", "-a", "a-", ".a", "a.", "_a", "a_", "a/b", "a b", "ä", "a\n", "a:b"]) {
    it(`refuses ${JSON.stringify(instance)}`, () =>
      assert.match(instanceProblem(instance) ?? "", /no label name/));
  }
  it("refuses 64 characters, and says how many there are", () => {
    assert.match(instanceProblem("a".repeat(64)) ?? "", /has 64 characters.*63 at most/);
  });
});

describe("annotationFromRecord()", () => {
  it("is the record as the contract shows it", () => {
    assert.equal(
      annotationFromRecord(record),
      '{"v":1,"revision":"1-0123456789ab","owner":"default/my-images","verdict":"failed",' +
        '"finishedAt":"2026-01-02T03:04:05.000Z","entries":20,"present":19,"skipped":0,' +
        '"failed":[{"image":"quay.io/x:1","reason":"not_found"}]}',
    );
  });

  const manyFailed = (count: number, image = "registry.example.com/app") => ({
    ...record,
    failed: Array.from({ length: count }, (_, index) => ({
      image: `${image}:${index}`,
      reason: "not_found" as const,
    })),
  });

  it("cuts the failed entries that do not fit into 2 KiB, and counts them", () => {
    const text = annotationFromRecord(manyFailed(100));
    assert.ok(Buffer.byteLength(text) <= 2048);
    const { failed, moreFailed } = JSON.parse(text) as { failed: object[]; moreFailed: number };
    assert.equal(failed.length + moreFailed, 100);
    assert.deepEqual(failed[0], { image: "registry.example.com/app:0", reason: "not_found" });
    // One more would not have fitted.
    const withOneMore = { ...JSON.parse(text), failed: [...failed, manyFailed(100).failed[failed.length]] };
    assert.ok(Buffer.byteLength(JSON.stringify(withOneMore)) > 2048);
  });

  it("cuts nothing that fits", () => {
    const text = annotationFromRecord(manyFailed(20));
    assert.equal((JSON.parse(text) as NodeRecord).failed.length, 20);
    assert.ok(!text.includes("moreFailed"));
  });

  it("takes exactly 2048 bytes, and cuts one more", () => {
    const withImage = (length: number) => ({
      ...record,
      failed: [{ image: "a".repeat(length), reason: "unknown" as const }],
    });
    const room = 2048 - Buffer.byteLength(JSON.stringify(withImage(0)));
    assert.deepEqual(JSON.parse(annotationFromRecord(withImage(room))), withImage(room));
    assert.deepEqual(JSON.parse(annotationFromRecord(withImage(room + 1))).failed, []);
  });

  it("counts bytes, not characters, and cuts all where not one fits", () => {
    const text = annotationFromRecord(manyFailed(2, "é".repeat(1_500)));
    assert.deepEqual(JSON.parse(text), { ...record, failed: [], moreFailed: 2 });
  });

  it("is made quickly for a list of twenty thousand that all failed", () => {
    const many = manyFailed(20_000);
    assert.ok(cpuMsOf(() => annotationFromRecord(many)) < 300);
  });

  it("keeps the limit whatever failed", () => {
    const unit = fc.constantFrom("a", "é", "\u{1f600}", "\ud800", '"', "\\", "\n", "\0");
    const image = fc.string({ unit, maxLength: 80 });
    const failed = fc.array(fc.record({ image, reason: fc.constant("unknown" as const) }), { maxLength: 60 });
    fc.assert(
      fc.property(failed, (entries) => {
        const text = annotationFromRecord({ ...record, failed: entries });
        const { failed: shown, moreFailed = 0 } = JSON.parse(text) as NodeRecord;
        return Buffer.byteLength(text) <= 2048 && shown.length + moreFailed === entries.length;
      }),
      { numRuns: 50 },
    );
  });
});

describe("standingRecordFrom()", () => {
  it("reads what an agent wrote", () => {
    assert.deepEqual(standingRecordFrom(annotationFromRecord(record)), {
      revision: record.revision,
      owner: record.owner,
      verdict: "failed",
      finishedAt: record.finishedAt,
    });
  });

  const nothing = { revision: undefined, owner: undefined, verdict: undefined, finishedAt: undefined };
  const hostile = [
    undefined,
    "",
    "no JSON",
    "null",
    "1",
    '"text"',
    "[]",
    "[1,2]",
    "{}",
    '{"owner":1,"revision":{},"verdict":null,"finishedAt":[]}',
    '{"__proto__":{"owner":"x/y"}}',
    '{"owner":',
    "[".repeat(10_000),
  ];
  for (const annotation of hostile) {
    it(`finds nothing in ${annotation?.slice(0, 40)}`, () =>
      assert.deepEqual(standingRecordFrom(annotation), nothing));
  }

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => standingRecordFrom(text) !== undefined),
    );
  });
});

describe("foreignOwnerOf()", () => {
  const owners: readonly [what: string, annotation: string | undefined, foreign: string | undefined][] = [
    ["its own", '{"owner":"default/my-images"}', undefined],
    ["another", '{"owner":"default/yours"}', "default/yours"],
    ["one that differs in the namespace only", '{"owner":"other/my-images"}', "other/my-images"],
    ["the one that is taken over", '{"owner":"old/release"}', undefined],
    ["none, without an annotation", undefined, undefined],
    ["none, in an annotation without one", '{"revision":"x"}', undefined],
    ["none, in an annotation that is no JSON", "hello", undefined],
  ];
  for (const [what, annotation, foreign] of owners) {
    it(`is ${foreign} where the owner is ${what}`, () => {
      const marks = { label: "succeeded", annotation };
      assert.equal(foreignOwnerOf(marks, "default/my-images", "old/release"), foreign);
    });
  }

  it("accepts no former owner unless one is named", () => {
    const marks = { label: undefined, annotation: '{"owner":"old/release"}' };
    assert.equal(foreignOwnerOf(marks, "default/my-images", undefined), "old/release");
  });
});

const standing = { label: "failed", annotation: annotationFromRecord(record) };

describe("isSaid()", () => {
  it("holds where the Node says all of it already, whenever that was found out", () => {
    assert.equal(isSaid({ ...record, finishedAt: "2027-01-01T00:00:00.000Z" }, standing), true);
  });

  const differing: readonly [what: string, record: NodeRecord][] = [
    ["verdict", { ...record, verdict: "succeeded", failed: [] }],
    ["revision", { ...record, revision: "1-ffffffffffff" }],
    ["owner", { ...record, owner: "default/other" }],
    ["failures", { ...record, failed: [{ image: "quay.io/x:1", reason: "unauthorized" }] }],
    ["count", { ...record, present: 18 }],
    ["count of skipped entries", { ...record, skipped: 1 }],
    ["sample mark", { ...record, sample: true }],
  ];
  for (const [what, changed] of differing) {
    it(`does not hold where the ${what} differs`, () => assert.equal(isSaid(changed, standing), false));
  }

  it("does not hold where the label is another or missing, though the annotation is right", () => {
    for (const label of ["succeeded", "hostile", "", undefined])
      assert.equal(isSaid(record, { ...standing, label }), false);
  });

  it("holds without a label while the list is worked on", () => {
    const marks = { label: undefined, annotation: annotationFromRecord(none) };
    assert.equal(isSaid(none, marks), true);
    assert.equal(isSaid(none, standing), false);
  });

  it("does not hold for a round that ended where the Node says no time", () => {
    const { finishedAt: _, ...timeless } = record;
    assert.equal(isSaid(record, { label: "failed", annotation: annotationFromRecord(timeless) }), false);
  });

  it("does not take an annotation that only looks like it", () => {
    assert.equal(isSaid(record, { label: "failed", annotation: `${standing.annotation} ` }), false);
  });
});

describe("changeTo()", () => {
  it("is the whole record, and the version of the Node that it rests on", () => {
    assert.deepEqual(changeTo(record, { ...standing, resourceVersion: "42" }), {
      label: "failed",
      annotation: annotationFromRecord(record),
      resourceVersion: "42",
    });
  });

  it("names no version where the server said none", () => {
    assert.deepEqual(Object.keys(changeTo(record, standing)), ["label", "annotation"]);
  });

  it("removes the label while the list is worked on", () => {
    assert.deepEqual(changeTo(none, standing), { label: undefined, annotation: annotationFromRecord(none) });
  });
});
