import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { measureEach } from "./measure-each.ts";
import { PartlyMeasured } from "./partly-measured.ts";
import type { Section } from "./section.ts";

const sectionOf = (data: readonly number[]): Section => ({
  name: "transfer",
  tables: [],
  bars: [],
  data: [...data],
  notes: [],
});
const failure = new Error("the kubelet failed");

/** Doubles numbers, and fails at one of them. */
function doubleUntil(failing: number) {
  const asked: number[] = [];
  const double = async (part: number) => {
    asked.push(part);
    if (part === failing) throw failure;
    return 2 * part;
  };
  return { asked, double };
}

describe("measureEach()", () => {
  it("has the section of all", async () =>
    assert.deepEqual(await measureEach([1, 2], doubleUntil(9).double, sectionOf), sectionOf([2, 4])));

  it("throws the section of what was measured before one failed, and measures nothing after it", async () => {
    const { asked, double } = doubleUntil(3);
    await assert.rejects(measureEach([1, 2, 3, 4], double, sectionOf), (error) => {
      assert.ok(error instanceof PartlyMeasured);
      assert.deepEqual(
        [error.section, error.failure, error.message],
        [sectionOf([2, 4]), failure, failure.message],
      );
      return true;
    });
    assert.deepEqual(asked, [1, 2, 3]);
  });

  it("throws what the first one threw where there is nothing to keep", () =>
    assert.rejects(measureEach([3], doubleUntil(3).double, sectionOf), (error) => error === failure));
});
