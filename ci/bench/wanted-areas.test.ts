import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wantedAreas } from "./wanted-areas.ts";

const scenarios = ["link-bound", "latency-bound"];
const wanted = (only: string | undefined) =>
  wantedAreas(only, scenarios).map(({ area, part }) => (part === undefined ? area : `${area}: ${part}`));

describe("wantedAreas()", () => {
  it("is everything, in order, where nothing is asked for", () =>
    assert.deepEqual(wanted(undefined), ["transfer", "footprint", "fleet", "herd"]));

  it("is an area, or a part of one", () => {
    assert.deepEqual(wanted("herd"), ["herd"]);
    assert.deepEqual(wanted("footprint/cold start"), ["footprint: cold start"]);
    assert.deepEqual(wanted("transfer/link-bound"), ["transfer: link-bound"]);
  });

  it("is the scenarios whose names begin so", () => {
    assert.deepEqual(wanted("latency-bound"), ["transfer: latency-bound"]);
    assert.deepEqual(wanted("l"), ["transfer: l"]);
  });

  for (const nothing of ["bound", "", "flee"]) {
    it(`refuses ${JSON.stringify(nothing)}, and says what there is`, () =>
      assert.throws(
        () => wanted(nothing),
        /There are transfer, footprint, fleet, herd, link-bound, latency-bound$/,
      ));
  }
});
