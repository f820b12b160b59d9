import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { benchFlagsFrom } from "./bench-flags.ts";

describe("benchFlagsFrom()", () => {
  it("asks for the full bench of everything by itself", async () =>
    assert.deepEqual(await benchFlagsFrom([]), {
      isQuick: false,
      only: undefined,
      repeats: undefined,
      seed: 1,
      json: undefined,
      isList: false,
    }));

  it("reads every flag", async () =>
    assert.deepEqual(
      await benchFlagsFrom([
        "--quick",
        "--only=link-bound",
        "--repeats",
        "3",
        "--seed=7",
        "--json",
        "f.json",
        "--list",
      ]),
      { isQuick: true, only: "link-bound", repeats: 3, seed: 7, json: "f.json", isList: true },
    ));

  const wrong: readonly [args: readonly string[], sentence: RegExp][] = [
    [["--repeats=0"], /--repeats takes a whole number from 1 on/],
    [["--repeats=1.5"], /--repeats takes/],
    [["--repeats=x"], /--repeats takes/],
    [["--seed=-1"], /--seed takes a whole number from 0 on/],
    [["--only"], /Not enough arguments following: only/],
    [["--quickly"], /quickly.*--help explains/],
    [["link-bound"], /link-bound.*--help explains/],
  ];
  for (const [args, sentence] of wrong) {
    it(`refuses ${args.join(" ")}`, () => assert.rejects(benchFlagsFrom(args), sentence));
  }
});
