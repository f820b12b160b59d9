import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { flagIn } from "./flag-in.ts";

describe("flagIn()", () => {
  const cases: readonly [args: readonly string[], value: string | undefined][] = [
    [[], undefined],
    [["prefetch", "--instance=x"], "x"],
    [["--instance", "x", "--owner=y"], "x"],
    [["--instance=x", "--instance=y"], "y"],
    [["--instance=x", "--instance", "y"], "y"],
    [["--instance", "x", "--instance=y"], "y"],
    [["--instance=a=b"], "a=b"],
    [["--instance="], ""],
    [["--instance"], undefined],
    [["--instance=x", "--instance"], "x"],
    [["--instances=x", "-instance=x", "instance=x"], undefined],
  ];
  for (const [args, value] of cases) {
    it(`reads ${value} from ${JSON.stringify(args)}`, () => assert.equal(flagIn(args, "instance"), value));
  }
});
