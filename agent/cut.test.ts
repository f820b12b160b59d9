import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cut } from "./cut.ts";

describe("cut()", () => {
  it("leaves what fits as it is", () => {
    assert.equal(cut("abc", 3), "abc");
    assert.equal(cut("a😀", 3), "a😀");
  });
  it("cuts what does not, and says so", () => assert.equal(cut("abcd", 3), "abc…"));
  it("leaves a character out rather than halve it", () => {
    assert.equal(cut("ab😀", 3), "ab…");
    assert.equal(cut("a😀b", 3), "a😀…");
  });
});
