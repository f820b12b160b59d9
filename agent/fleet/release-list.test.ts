import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { releaseListFrom } from "./release-list.ts";

const args = [
  "prefetch",
  "--instance=my-images",
  "--owner=default/a",
  "--revision=1-0123456789ab",
  "--image=x",
];
const list = {
  instance: "my-images",
  key: "image-prefetcher.stackrox.io/my-images",
  owner: "default/a",
  revision: "1-0123456789ab",
  isSample: false,
};

describe("releaseListFrom()", () => {
  it("has whose label may be taken over, if anybody's", () => {
    const said = ["--instance=a", "--owner=n/a", "--revision=1-0"];
    assert.equal(releaseListFrom([...said, "--take-over=n/b"])?.takeOver, "n/b");
    for (const args of [said, [...said, "--take-over="]])
      assert.ok(!("takeOver" in (releaseListFrom(args) ?? {})));
  });

  it("reads whose list it is, and which one", () => assert.deepEqual(releaseListFrom(args), list));

  it("takes the last of what is given twice, in either way of giving it", () => {
    const overridden = [...args, "--instance=other", "--owner", "ns/b", "--revision=1-ffffffffffff"];
    assert.deepEqual(releaseListFrom(overridden), {
      instance: "other",
      key: "image-prefetcher.stackrox.io/other",
      owner: "ns/b",
      revision: "1-ffffffffffff",
      isSample: false,
    });
  });

  it("reads one dollar sign where the template has two", () =>
    assert.equal(releaseListFrom([...args, "--owner=$$a/$$(b)"])?.owner, "$a/$(b)"));

  for (const flag of ["instance", "owner", "revision"]) {
    it(`reads nothing without --${flag}`, () =>
      assert.equal(releaseListFrom(args.filter((arg) => !arg.startsWith(`--${flag}`))), undefined));
  }

  const switches: readonly [given: readonly string[], isSample: boolean][] = [
    [["--sample"], true],
    [["--sample=true"], true],
    [["--sample", "--sample=false"], false],
    [["--sample=false", "--sample"], true],
    [["--samples", "--image=--sample"], false],
  ];
  for (const [given, isSample] of switches) {
    it(`says that ${given.join(" ")} is ${isSample ? "the" : "no"} sample list`, () =>
      assert.equal(releaseListFrom([...args, ...given])?.isSample, isSample));
  }
});
