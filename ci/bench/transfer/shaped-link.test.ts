import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shape } from "./shaped-link.ts";

describe("shape()", () => {
  const burstOf = (rateMbit: number) => {
    const words = shape(rateMbit);
    return Number(words[words.indexOf("burst") + 1]);
  };

  it("takes fractions of a megabit", () => {
    assert.deepEqual(shape(1.5).slice(0, 4), ["root", "tbf", "rate", "1500kbit"]);
  });

  it("has a bucket for several of the kernel's largest packets, and for 10 ms of a fast link", () => {
    assert.equal(burstOf(20), 4 * 65_536);
    assert.equal(burstOf(400), 500_000);
  });
});
