import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { percentOf } from "./percent-of.ts";

describe("percentOf()", () => {
  it("rounds down, to whole numbers as they are, of all shares of up to 300", () => {
    for (let whole = 1; whole <= 300; whole += 1)
      for (let part = 0; part <= whole; part += 1)
        assert.equal(
          percentOf(part, whole),
          Number((BigInt(part) * 100n) / BigInt(whole)),
          `${part}/${whole}`,
        );
  });

  it("says of thousands that one less is not all", () => assert.equal(percentOf(99_999, 100_000), 99));

  it("is 0 of nothing", () => assert.equal(percentOf(0, 0), 0));
});
