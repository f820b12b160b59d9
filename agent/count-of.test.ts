import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countOf } from "./count-of.ts";

describe("countOf()", () => {
  it("has the plural for all but one", () =>
    assert.deepEqual(
      [0, 1, 2].map((count) => countOf(count, "node")),
      ["0 nodes", "1 node", "2 nodes"],
    ));
});
