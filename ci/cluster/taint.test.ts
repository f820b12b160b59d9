import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseTaint } from "./taint.ts";

describe("parseTaint()", () => {
  it("reads a taint with a value and one without", () => {
    assert.deepEqual(parseTaint("gpu=yes:NoSchedule"), { key: "gpu", value: "yes", effect: "NoSchedule" });
    assert.deepEqual(parseTaint("a.b/c:NoExecute"), { key: "a.b/c", effect: "NoExecute" });
  });

  it("throws a sentence on anything else", () => {
    for (const text of ["", "gpu", "gpu:Never", "=x:NoSchedule", "a:b:NoSchedule"]) {
      assert.throws(() => parseTaint(text), /is no taint such as key=value:NoSchedule/);
    }
  });
});
