import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { revisionOf } from "../revision.ts";
import { revision } from "./revision.ts";

describe("revision()", () => {
  it("is the list's revision and nothing else", () => {
    assert.deepEqual(revision(["a"], "Always"), { exitCode: 0, message: revisionOf("Always", ["a"]) });
  });

  it("refuses an empty list", () => assert.equal(revision([], "Always").exitCode, 2));
});
