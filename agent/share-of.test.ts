import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shareOf } from "./share-of.ts";

describe("shareOf()", () => {
  it("is what the hash of the two names says, from 0 up to 1", () => {
    // printf 'node-1\nmy-images' | sha256sum | cut -c 1-8
    assert.equal(shareOf({ nodeName: "node-1", instance: "my-images" }), 0x0ad6681c / 2 ** 32);
  });

  it("lies elsewhere where the two names only run together alike", () => {
    const shares = [
      ["node-1", "my-images"],
      ["node-", "1my-images"],
      ["node-1m", "y-images"],
    ].map(([nodeName = "", instance = ""]) => shareOf({ nodeName, instance }));
    assert.equal(new Set(shares).size, shares.length);
  });
});
