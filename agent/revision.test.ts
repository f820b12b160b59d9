import assert from "node:assert/strict";
import { describe, it } from "node:test";
import vectors from "../ci/chart/revision-vectors.json" with { type: "json" };
import { entriesFromLines, linesOf } from "./image-list.ts";
import { type PullPolicy, revisionOf } from "./revision.ts";

describe("revisionOf()", () => {
  for (const { name, policy, lines, revision } of vectors) {
    it(`is sha256sum's word: ${name}`, () => {
      assert.equal(revisionOf(policy as PullPolicy, lines), revision);
    });

    it(`is the same over the entries that these lines are: ${name}`, () => {
      assert.equal(revisionOf(policy as PullPolicy, linesOf(entriesFromLines(lines))), revision);
    });
  }

  // printf 'policy=IfNotPresent\na\nb' | sha256sum
  it("does not depend on the lines' order or number", () => {
    assert.equal(revisionOf("IfNotPresent", ["a", "b"]), "1-cfddef1bb9ba");
    assert.equal(revisionOf("IfNotPresent", ["b", "a", "b"]), "1-cfddef1bb9ba");
  });

  it("sorts by bytes, where JavaScript would sort by UTF-16 units", () => {
    // printf 'policy=Always\n\xef\xbd\xa1\n\xf0\x9f\x98\x80' | sha256sum
    assert.equal(revisionOf("Always", ["\u{1f600}", "\uff61"]), "1-679b65a8ea45");
  });

  it("differs for another policy, another line, and two lines that could be one", () => {
    const revisions = [
      revisionOf("IfNotPresent", ["a"]),
      revisionOf("Always", ["a"]),
      revisionOf("IfNotPresent", ["a "]),
      revisionOf("IfNotPresent", ["a", "b"]),
      revisionOf("IfNotPresent", ["ab"]),
    ];
    assert.equal(new Set(revisions).size, revisions.length);
  });
});
