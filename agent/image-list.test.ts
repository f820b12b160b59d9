import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { appliesTo, entriesFromLines, linesFromText, linesOf } from "./image-list.ts";

describe("linesFromText()", () => {
  const texts: readonly [what: string, text: string, lines: readonly string[]][] = [
    ["one entry a line", "a\nb\n", ["a", "b"]],
    ["a last line without its end", "a\nb", ["a", "b"]],
    ["CRLF and lone CR", "a\r\nb\rc\r\n", ["a", "b", "c"]],
    ["a byte order mark", "\uFEFFa\n", ["a"]],
    ["blank lines and white space around a line", "\n  a \t\n\n   \nb", ["a", "b"]],
    ["a comment line", "# all of it\n  # this too\na", ["a"]],
    ["a comment behind white space", "a # why\nb\t#why", ["a", "b"]],
    ["no comment inside a word", "a#b", ["a#b"]],
    ["white space inside a line, kept", "a required=false platforms=x", ["a required=false platforms=x"]],
    ["duplicates, kept", "a\na", ["a", "a"]],
    ["nothing", "", []],
    ["only comments", "#\n # x", []],
  ];
  for (const [what, text, lines] of texts) {
    it(`reads ${what}`, () => assert.deepEqual(linesFromText(text), lines));
  }
});

describe("entriesFromLines()", () => {
  it("keeps the order, and each different line once", () => {
    const lines = entriesFromLines(["b", "a", "b", "c"]).map((entry) => entry.line);
    assert.deepEqual(lines, ["b", "a", "c"]);
  });

  it("gives two spellings of one image the same key, and asks the runtime for what was written", () => {
    const entries = entriesFromLines(["nginx", "docker.io/library/nginx:latest"]);
    assert.equal(new Set(entries.map((entry) => entry.imageKey)).size, 1);
    assert.deepEqual(
      entries.map((entry) => entry.imageReference),
      ["nginx", "docker.io/library/nginx:latest"],
    );
  });

  it("keeps an invalid reference as an entry that says why", () => {
    const [entry] = entriesFromLines(["Nginx"]);
    assert.match(entry?.invalid ?? "", /upper-case/);
    assert.equal(entry?.displayName, "Nginx");
    assert.equal(entriesFromLines(["nginx"])[0]?.invalid, undefined);
  });

  it("shows no password that somebody wrote into a reference, and names a repository called token", () => {
    const [url, repository] = entriesFromLines(["https://me:hunter2@example.com/x", "example.com/token:1"]);
    assert.equal(url?.displayName, "https://[redacted]@example.com/x");
    assert.doesNotMatch(url?.invalid ?? "", /hunter2/);
    assert.equal(repository?.displayName, "example.com/token:1");
  });

  it("takes two spellings of a line for one entry, in the place of the first", () => {
    const entries = entriesFromLines([
      "x required=true",
      "y",
      "x",
      "y  platforms=b/b,a/a",
      "y platforms=a/a,b/b",
    ]);
    assert.deepEqual(linesOf(entries), ["x", "y", "y platforms=a/a,b/b"]);
  });

  it("keeps entries apart that differ in an option, with one key since they are one image", () => {
    const entries = entriesFromLines(["x", "x required=false", "x platforms=linux/amd64"]);
    assert.deepEqual(
      entries.map(({ isRequired, platforms }) => [isRequired, platforms]),
      [
        [true, []],
        [false, []],
        [true, ["linux/amd64"]],
      ],
    );
    assert.equal(new Set(entries.map(({ imageKey }) => imageKey)).size, 1);
    assert.ok(
      entries.every(({ imageReference, displayName }) => imageReference === "x" && displayName === "x"),
    );
  });

  it("knows the registry, which is Docker Hub where none is named", () => {
    const entries = entriesFromLines(["nginx", "quay.io/x", "localhost:5000/x required=false", "Nginx"]);
    assert.deepEqual(
      entries.map(({ registry }) => registry),
      ["docker.io", "quay.io", "localhost:5000", ""],
    );
  });

  it("takes a line with a wrong option for a required entry that is invalid, and keeps the line as it is", () => {
    const [entry] = entriesFromLines(["x  required=fasle"]);
    assert.match(entry?.invalid ?? "", /^"required=fasle" is not required=true or required=false/);
    assert.deepEqual(
      [entry?.line, entry?.displayName, entry?.isRequired, entry?.registry],
      ["x  required=fasle", "x  required=fasle", true, ""],
    );
  });

  it("shows no password that somebody wrote behind a reference", () => {
    const [entry] = entriesFromLines(["x password=hunter2"]);
    assert.doesNotMatch(`${entry?.displayName} ${entry?.invalid}`, /hunter2/);
  });
});

describe("appliesTo()", () => {
  const cases: readonly [line: string, applies: boolean][] = [
    ["x", true],
    ["x platforms=linux/amd64", true],
    ["x platforms=linux/arm64,linux/amd64", true],
    ["x platforms=linux/arm64", false],
    ["x platforms=windows/amd64", false],
  ];
  for (const [line, applies] of cases) {
    it(`is ${applies} on linux/amd64 for ${line}`, () => {
      const [entry] = entriesFromLines([line]);
      assert.ok(entry !== undefined);
      assert.equal(appliesTo(entry, "linux/amd64"), applies);
    });
  }
});
