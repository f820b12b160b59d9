import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { weightBar } from "./image-weight.ts";

describe("weightBar()", () => {
  const of = (compressedBytes: number, kind: "bar" | "goal") =>
    weightBar({ platform: "linux/arm64", compressedBytes }, 48, kind);

  it("fails the bench one byte above the bar", () => {
    assert.deepEqual([of(48_000_000, "bar").isReached, of(48_000_001, "bar").isReached], [true, false]);
    assert.equal(of(48_000_001, "bar").isGate, true);
  });

  it("never fails it by a goal", () => {
    const { isReached, isGate, bar } = of(48_000_001, "goal");
    assert.deepEqual([isReached, isGate, bar], [false, false, "goal: 48 MB at most"]);
  });

  it("names the platform", () => assert.equal(of(1, "bar").what, "image, compressed, linux/arm64"));
});
