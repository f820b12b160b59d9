import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listText } from "./list-text.ts";

describe("listText()", () => {
  it("has the areas, each transfer scenario, and who runs in it how often", () => {
    const lines = listText({ isQuick: true, repeats: undefined }, undefined).split("\n");
    assert.equal(lines[0], "areas: transfer, footprint, fleet, herd");
    const index = lines.findIndex((line) => line.startsWith("latency-bound  16 images"));
    assert.equal(lines[index + 1]?.trim(), "agent x 2, pool 1 x 2");
  });

  it("goes by what the user says", () =>
    assert.match(listText({ isQuick: true, repeats: 4 }, undefined), /agent x 4, pool 1 x 4/));
});
