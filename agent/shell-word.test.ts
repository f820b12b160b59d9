import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shellWord } from "./shell-word.ts";

describe("shellWord()", () => {
  it("leaves plain words as they are", () => {
    for (const word of ["--release=my-images", "me@cluster:6443/x.y_z"]) assert.equal(shellWord(word), word);
  });

  it("quotes what a shell would obey, and what is empty", () => {
    assert.equal(shellWord("x; reboot"), "'x; reboot'");
    assert.equal(shellWord("it's $(x)\n"), "'it'\\''s $(x)\n'");
    assert.equal(shellWord(""), "''");
  });
});
