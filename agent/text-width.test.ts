import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { columnsOf, fittedTo, rowsOf, startOf } from "./text-width.ts";

describe("columnsOf()", () => {
  it("is what a terminal gives the text", () => {
    for (const [text, columns] of [
      ["", 0],
      ["abc", 3],
      ["節点", 4],
      ["👩‍👩‍👧", 2],
      ["e\u0301", 1],
    ] as const)
      assert.equal(columnsOf(text), columns, text);
  });
});

describe("startOf()", () => {
  it("is as much as there is room for", () => {
    assert.equal(startOf("abcd", 3), "abc");
    assert.equal(startOf("abc", 9), "abc");
    assert.equal(startOf("", 9), "");
    assert.equal(startOf("節点節", 4), "節点");
  });

  it("leaves out what would stand half in it", () => {
    assert.equal(startOf("節点節", 5), "節点");
    assert.equal(startOf("a👩‍👩‍👧b", 2), "a");
  });
});

describe("fittedTo()", () => {
  it("leaves what fits as it is", () => {
    assert.equal(fittedTo("abc", 3), "abc");
    assert.equal(fittedTo("節点", 4), "節点");
  });

  it("cuts what does not, and says so", () => {
    assert.equal(fittedTo("abcd", 3), "ab…");
    assert.equal(fittedTo("節点", 3), "節…");
  });
});

describe("rowsOf()", () => {
  it("is how many rows a folded line takes", () => {
    assert.deepEqual(
      [0, 1, 3, 4, 6, 7].map((length) => rowsOf("x".repeat(length), 3)),
      [1, 1, 1, 2, 2, 3],
    );
  });

  it("has no half of a wide character at a row's end", () => {
    assert.equal(rowsOf("節点", 4), 1);
    assert.equal(rowsOf("節点", 3), 2);
  });
});
