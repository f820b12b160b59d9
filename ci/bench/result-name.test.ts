import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resultName } from "./result-name.ts";

describe("resultName()", () => {
  const nameOf = (isQuick: boolean, only?: string) => resultName("0123abc", { isQuick, only });

  it("is the commit of a whole bench", () => assert.equal(nameOf(false), "0123abc"));

  it("says of another bench what it was", () =>
    assert.deepEqual(
      [nameOf(true), nameOf(false, "fleet"), nameOf(true, "footprint/warm")],
      ["0123abc-quick", "0123abc-fleet", "0123abc-quick-footprint-warm"],
    ));

  it("names no file elsewhere", () => assert.equal(nameOf(false, "../../fleet"), "0123abc-..-..-fleet"));
});
