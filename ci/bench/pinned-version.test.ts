import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pinnedVersion } from "./pinned-version.ts";

const goMod = `module example.com/bench

tool github.com/one/two/v2/cmd/two

require example.com/alone v0.9.0

require (
	github.com/one/two/api v1.11.0 // indirect
	github.com/one/two/v2 v2.4.2 // indirect
)
`;

describe("pinnedVersion()", () => {
  it("is the version of that very module", () =>
    assert.equal(pinnedVersion(goMod, "github.com/one/two/v2"), "v2.4.2"));

  it("is found on a line of its own", () =>
    assert.equal(pinnedVersion(goMod, "example.com/alone"), "v0.9.0"));

  it("is an error where the module is not there, or only as a tool", () => {
    assert.throws(() => pinnedVersion(goMod, "github.com/one"), /no version of github.com\/one is required/);
    assert.throws(() => pinnedVersion(goMod, "github.com/one/two/v2/cmd/two"));
  });
});
