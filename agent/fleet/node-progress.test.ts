import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { annotationFromRecord } from "../node-record.ts";
import { nodeProgressFrom } from "./node-progress.ts";

const nothing = { entries: undefined, present: undefined, skipped: undefined, failed: [], moreFailed: 0 };
const failures = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ image: `x:${index}`, reason: "not_found" as const }));

describe("nodeProgressFrom()", () => {
  it("reads what an agent writes", () => {
    const annotation = annotationFromRecord({
      v: 1,
      revision: "1-0123456789ab",
      owner: "default/a",
      verdict: "failed",
      entries: 20,
      present: 17,
      skipped: 1,
      failed: [
        { image: "x:1", reason: "not_found" },
        { image: "y:1", reason: "no_space", required: false },
      ],
    });
    assert.deepEqual(nodeProgressFrom(annotation), {
      entries: 20,
      present: 17,
      skipped: 1,
      failed: [
        { image: "x:1", reason: "not_found" },
        { image: "y:1", reason: "no_space", required: false },
      ],
      moreFailed: 0,
    });
  });

  it("keeps ten failures, and counts the others with those that the agent had no room for", () => {
    const ten = nodeProgressFrom(JSON.stringify({ failed: failures(10), moreFailed: 5 }));
    assert.deepEqual([ten.failed, ten.moreFailed], [failures(10), 5]);
    const eleven = nodeProgressFrom(JSON.stringify({ failed: failures(11), moreFailed: 5 }));
    assert.deepEqual([eleven.failed, eleven.moreFailed], [failures(10), 6]);
    assert.equal(nodeProgressFrom(JSON.stringify({ failed: failures(12) })).moreFailed, 2);
  });

  it("cuts texts that no agent would write", () => {
    const failed = [{ image: "i".repeat(1_000), reason: "r".repeat(1_000), required: true }];
    assert.deepEqual(nodeProgressFrom(JSON.stringify({ failed })).failed, [
      { image: `${"i".repeat(256)}…`, reason: `${"r".repeat(64)}…` },
    ]);
  });

  const hostile: readonly (string | undefined)[] = [
    undefined,
    "",
    "{",
    "null",
    "[1]",
    "7",
    '{"entries":"20","present":-1,"skipped":1.5,"failed":{"length":3},"moreFailed":"many"}',
    '{"entries":1e300,"present":null,"failed":[null,1,"x",[],{"image":"x"},{"reason":"y"},{"image":1,"reason":"y"}],"moreFailed":-4}',
  ];
  for (const annotation of hostile) {
    it(`reads nothing out of ${annotation}`, () => assert.deepEqual(nodeProgressFrom(annotation), nothing));
  }

  it("never throws, and keeps no more than it says, whoever wrote the annotation", () => {
    const failed = fc.array(fc.oneof(fc.anything(), fc.record({ image: fc.string(), reason: fc.string() })), {
      maxLength: 30,
    });
    const field = fc.oneof(fc.jsonValue(), failed);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("entries", "failed", "moreFailed"), field), (fields) => {
        const progress = nodeProgressFrom(JSON.stringify(fields));
        return progress.failed.length <= 10 && progress.moreFailed >= 0;
      }),
    );
  });
});
