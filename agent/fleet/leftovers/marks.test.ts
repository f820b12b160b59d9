import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keyOf } from "../../node-record.ts";
import { annotationOf } from "../../testing/fake-fleet-api.ts";
import { marksOn } from "./marks.ts";

describe("marksOn()", () => {
  const node = { name: "a", resourceVersion: "1" };

  it("brings label and annotation of each instance together", () => {
    const labels = { [keyOf("x")]: "succeeded", [keyOf("y")]: "failed" };
    const annotations = { [keyOf("x")]: annotationOf("default/x"), [keyOf("z")]: annotationOf("default/z") };
    assert.deepEqual(marksOn({ ...node, labels, annotations }), [
      { key: keyOf("x"), instance: "x", label: "succeeded", owner: "default/x" },
      { key: keyOf("y"), instance: "y", label: "failed", owner: undefined },
      { key: keyOf("z"), instance: "z", label: undefined, owner: "default/z" },
    ]);
  });

  for (const annotation of [
    "",
    "{",
    "null",
    "[]",
    '{"owner":1}',
    annotationOf("nobody"),
    annotationOf("a/b\u001b"),
  ]) {
    it(`takes ${JSON.stringify(annotation)} for no owner's`, () => {
      const [mark] = marksOn({ ...node, labels: {}, annotations: { [keyOf("x")]: annotation } });
      assert.equal(mark?.owner, undefined);
    });
  }

  it("finds none on a Node that has none", () => {
    assert.deepEqual(marksOn({ ...node, labels: {}, annotations: {} }), []);
  });
});
