import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { revisionOf } from "../revision.ts";
import { revision } from "./revision.ts";

describe("revision()", () => {
  it("is the list's revision and nothing else", () => {
    assert.deepEqual(revision(["a"], "Always"), { exitCode: 0, message: revisionOf("Always", ["a"]) });
  });

  it("does not depend on how an entry's options are written", () => {
    const written = ["b platforms=linux/arm64,linux/amd64  required=false", "a required=true", "a"];
    const revisions = ["a", "b required=false platforms=linux/amd64,linux/arm64"];
    assert.equal(revision(written, "Always").message, revisionOf("Always", revisions));
  });

  it("refuses an empty list", () => assert.equal(revision([], "Always").exitCode, 2));
});
