import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isNewEnough } from "./go-toolchain.ts";
import { partNamed } from "./parts.ts";
import { lacksToBuild, MissingRequirements } from "./requirements.ts";

const parts = [partNamed("runc"), partNamed("containerd")];

describe("lacksToBuild()", () => {
  it("asks for Go when there is none, with where to get it", () => {
    assert.match(
      lacksToBuild(parts, undefined).join(),
      /^no Go to build runc, containerd: install Go 1\.\d+\.\d+ /,
    );
  });

  it("says which Go is too old, and for what", () => {
    const go = { version: "go1.19.8", cacheFolder: "/" };
    assert.match(
      lacksToBuild(parts, go)[0] ?? "",
      /^go1\.19\.8 is too old to build runc, containerd: install Go /,
    );
  });

  it("names the need, what is free and the remedy when the disk is too small", () => {
    const huge = { ...partNamed("runc"), coldGigabytes: 1e9 };
    const [sentence = ""] = lacksToBuild([huge], { version: "go1.99.0", cacheFolder: "/no/such/folder" });
    assert.match(sentence, /takes up to 1000000000 GB .* are free at \/no\/such\/folder: .*GOCACHE/);
  });

  it("lacks nothing when nothing is to be built", () => assert.deepEqual(lacksToBuild([], undefined), []));
});

describe("isNewEnough()", () => {
  it("compares numbers, not text", () => {
    assert.ok(isNewEnough("go1.26.10", "1.26.9"));
    assert.ok(isNewEnough("go1.27", "1.26.9"));
    assert.ok(!isNewEnough("go1.9.9", "1.26.0"));
    assert.ok(!isNewEnough("go1.26.5", "1.26.6"));
  });
});

describe("MissingRequirements", () => {
  it("puts several sentences on lines of their own", () => {
    assert.equal(new MissingRequirements(["a"]).message, "a");
    assert.equal(new MissingRequirements(["a", "b"]).message, "\n  - a\n  - b");
  });
});
