import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstOf, groupsOf, nodesText } from "./status-groups.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("groupsOf()", () => {
  it("leaves up to 20 items alone, alike or not", () =>
    assert.deepEqual(
      groupsOf(numbers(20), () => []),
      numbers(20).map((each) => [each]),
    ));

  it("brings together which of more are alike, in the order of the first ones", () => {
    const groups = groupsOf(numbers(21), (each) => [each === 0 ? "zero" : each % 2, undefined]);
    assert.deepEqual(
      groups.map((group) => [group[0], group.length]),
      [
        [0, 1],
        [1, 10],
        [2, 10],
      ],
    );
  });

  it("takes each part of the likeness for itself", () =>
    assert.equal(groupsOf(numbers(21), (each) => (each < 10 ? ["a,b"] : ["a", "b"])).length, 2));
});

describe("nodesText()", () => {
  it("is the name of one node, and the count and first names of more", () => {
    assert.equal(nodesText(["a"]), "a");
    assert.equal(nodesText(["a", "b"]), "2 nodes: a, b");
    assert.equal(nodesText(["a", "b", "c", "d", "e"]), "5 nodes: a, b, c and 2 more");
  });
});

describe("firstOf()", () => {
  it("has three texts, and counts the others", () => {
    assert.match(firstOf(Array.from({ length: 5_000 }, () => "n")), /^n, n, n and 4,997 more$/);
    assert.equal(firstOf([]), "");
    assert.equal(firstOf(["a", "b", "c"]), "a, b, c");
    assert.equal(firstOf(["a", "b", "c", "d"]), "a, b, c and 1 more");
  });
});
