import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refuseHeavyImage } from "./image-budget.ts";

describe("refuseHeavyImage()", () => {
  it("lets an image pass that weighs what today's does", () => {
    refuseHeavyImage([{ platform: "linux/amd64", compressedBytes: 33_000_000 }]);
  });

  it("refuses an image that is heavier on one of its platforms, and names it, its weight and the budget", () => {
    const weights = [
      { platform: "linux/amd64", compressedBytes: 33_000_000 },
      { platform: "linux/arm64", compressedBytes: 36_123_456 },
    ];
    assert.throws(
      () => refuseHeavyImage(weights),
      /linux\/arm64 is 36\.1 MB compressed.* budget is 34\.6 MB/,
    );
  });
});
