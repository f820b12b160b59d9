import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOwner, releaseOf } from "./owner.ts";

const longest = "x".repeat(63);

describe("isOwner()", () => {
  for (const owner of ["default/my-images", "a/B.c_d-1", "1/2", `${longest}/${longest}`]) {
    it(`takes ${owner}, whose parts are the namespace and the release`, () => {
      assert.equal(isOwner(owner), true);
      const { namespace, release } = releaseOf(owner);
      assert.equal(`${namespace}/${release}`, owner);
    });
  }

  const others = [
    "",
    "a",
    "/a",
    "a/",
    "a/b/c",
    "A/b",
    "a.b/c",
    "-a/b",
    "a-/b",
    "a/b-",
    "a/.b",
    "../a",
    "a/..",
    "a /b",
  ];
  const hostile = ["a/b\n", "a/b\u001b[2J", "a/b,c=d", "a/b c", `${longest}x/a`, `a/${longest}x`];
  for (const text of [...others, ...hostile]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(isOwner(text), false));
  }
});
