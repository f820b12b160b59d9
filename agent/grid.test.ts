import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { grid, labelled } from "./grid.ts";

describe("grid()", () => {
  it("is empty without rows", () => assert.equal(grid([], undefined), ""));

  it("makes each column as wide as its widest cell", () =>
    assert.equal(grid([["a", "b"], ...labelled("long", ["c"])], undefined), "a     b\nlong  c"));

  it("measures what a terminal shows, where a character takes two columns", () =>
    assert.equal(
      grid(
        [
          ["節点節", "b"],
          ["abcde", "c"],
        ],
        undefined,
      ),
      "節点節  b\nabcde   c",
    ));

  it("wraps the widest column of a terminal", () =>
    assert.equal(grid([["a", "one two three four five"]], 20), "a  one two three\n   four five"));

  it("writes out what a terminal would obey", () =>
    assert.equal(grid([["\u001b[2J", "a\nb"]], undefined), "\\u001b[2J  a\\nb"));
});
