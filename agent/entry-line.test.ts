import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type EntryLine, lineFromEntry, parseEntryLine } from "./entry-line.ts";

const plain: EntryLine = { imageReference: "x", isRequired: true, platforms: [] };

describe("parseEntryLine()", () => {
  const lines: readonly [line: string, entry: Partial<EntryLine>][] = [
    ["x", {}],
    ["  x\t", {}],
    ["x required=true", {}],
    ["x required=false", { isRequired: false }],
    ["x platforms=linux/amd64", { platforms: ["linux/amd64"] }],
    ["x platforms=linux/arm64,linux/amd64,linux/arm64", { platforms: ["linux/amd64", "linux/arm64"] }],
    ["x required=false platforms=linux/s390x", { isRequired: false, platforms: ["linux/s390x"] }],
    ["x\tplatforms=linux/386   required=false", { isRequired: false, platforms: ["linux/386"] }],
    // Whether it is a reference is not this file's matter.
    ["required=false", { imageReference: "required=false" }],
    ["", { imageReference: "" }],
  ];
  for (const [line, entry] of lines) {
    it(`reads ${JSON.stringify(line)}`, () =>
      assert.deepEqual(parseEntryLine(line), { kind: "entry", ...plain, ...entry }));
  }

  const wrongRequired = "is not required=true or required=false, given once";
  const wrongPlatforms = "is not platforms=os/arch,... such as platforms=linux/amd64, given once";
  const noOption =
    "is no option of an entry: required=false and platforms=os/arch,... may follow the reference";
  const invalid: readonly [line: string, option: string, why: string][] = [
    ["x required=no", "required=no", wrongRequired],
    ["x required=", "required=", wrongRequired],
    ["x required", "required", wrongRequired],
    ["x required=false required=false", "required=false", wrongRequired],
    ["x required=true required=false", "required=false", wrongRequired],
    ["x platforms=", "platforms=", wrongPlatforms],
    ["x platforms", "platforms", wrongPlatforms],
    ["x platforms=linux", "platforms=linux", wrongPlatforms],
    ["x platforms=linux/arm/v7", "platforms=linux/arm/v7", wrongPlatforms],
    ["x platforms=linux/amd64,", "platforms=linux/amd64,", wrongPlatforms],
    ["x platforms=linux/amd64, linux/arm64", "platforms=linux/amd64,", wrongPlatforms],
    ["x platforms=Linux/amd64", "platforms=Linux/amd64", wrongPlatforms],
    ["x platforms=linux/amd64=", "platforms=linux/amd64=", wrongPlatforms],
    ["x platforms=a/b platforms=a/b", "platforms=a/b", wrongPlatforms],
    ["x y", "y", noOption],
    ["x Required=false", "Required=false", noOption],
    ["x =false", "=false", noOption],
    ["x optional=true required=false", "optional=true", noOption],
  ];
  for (const [line, option, why] of invalid) {
    it(`refuses ${JSON.stringify(line)}, and names what is wrong`, () =>
      assert.deepEqual(parseEntryLine(line), {
        kind: "invalid",
        message: `${JSON.stringify(option)} ${why}`,
      }));
  }
});

describe("lineFromEntry()", () => {
  const spellings: readonly [line: string, spelling: string][] = [
    ["x required=true", "x"],
    ["x  required=false", "x required=false"],
    ["x platforms=b/b,a/a required=false", "x required=false platforms=a/a,b/b"],
    ["x platforms=a/a,a/a", "x platforms=a/a"],
  ];
  for (const [line, spelling] of spellings) {
    it(`writes ${JSON.stringify(line)} as ${JSON.stringify(spelling)}`, () => {
      const entry = parseEntryLine(line);
      assert.ok(entry.kind === "entry");
      assert.equal(lineFromEntry(entry), spelling);
    });
  }

  it("has one spelling for an entry, however it was written", () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
    const platforms = fc.array(
      fc.tuple(word, word).map((pair) => pair.join("/")),
      { minLength: 1, maxLength: 4 },
    );
    const required = fc.constantFrom("required=true", "required=false");
    fc.assert(
      fc.property(word, required, platforms, fc.boolean(), (reference, first, list, isSwapped) => {
        const options = [first, `platforms=${list.join(",")}`];
        const written = parseEntryLine([reference, ...options].join(" "));
        const swapped = parseEntryLine(
          [reference, ...(isSwapped ? options.toReversed() : options)].join("  "),
        );
        assert.ok(written.kind === "entry" && swapped.kind === "entry");
        assert.equal(lineFromEntry(written), lineFromEntry(swapped));
        assert.deepEqual(parseEntryLine(lineFromEntry(written)), written);
      }),
    );
  });
});
