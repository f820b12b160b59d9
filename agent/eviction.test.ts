import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Disappearance, evictionOf, isFought, longestHeldMs, lostOf } from "./eviction.ts";
import { firstKeepState, type KeepState } from "./keep-state.ts";

const intervalMs = 1_000;
const nowMs = 1_000_000;

/** What comes of `a` missing, which was there at the last look. */
function evict(state: Partial<KeepState>, found: Partial<Disappearance> = {}) {
  const before = { ...firstKeepState, there: new Set(["a"]), ...state };
  return evictionOf(before, {
    missing: ["a"],
    isUnderDiskPressure: false,
    isHeld: false,
    nowMs,
    intervalMs,
    ...found,
  });
}

describe("evictionOf()", () => {
  it("has what vanishes for the first time pulled again", () => assert.equal(evict({}), undefined));

  it("leaves what vanishes again within three intervals of its return, and not later", () => {
    assert.deepEqual(evict({ returned: { a: nowMs - 2_999 } })?.left, new Set(["a"]));
    assert.equal(evict({ returned: { a: nowMs - 3_000 } }), undefined);
  });

  it("leaves what vanishes under DiskPressure from the first time on", () =>
    assert.match(evict({}, { isUnderDiskPressure: true })?.why ?? "", /DiskPressure/));

  it("leaves to the round what never was there, under DiskPressure too", () => {
    for (const there of [new Set<string>(), undefined])
      assert.equal(evict({ there }, { isUnderDiskPressure: true }), undefined);
  });

  it("goes by each image for itself", () => {
    const state = { there: new Set(["a", "b"]), returned: { b: nowMs } };
    assert.equal(evict(state), undefined);
    const both = evict(state, { missing: ["a", "b", "c"] });
    assert.deepEqual(both?.left, new Set(["a", "b"]));
  });

  it("leaves it for one interval, then two, up to sixteen, less the half that finds the look there", () => {
    const held = [0, 1, 2, 3, 4, 5, 40].map((evictions) => {
      const end = evict({ evictions, returned: { a: nowMs } });
      return ((end?.pullsFromMs ?? 0) - nowMs) / intervalMs + 0.5;
    });
    assert.deepEqual(held, [1, 2, 4, 8, 16, 16, 16]);
    assert.equal(longestHeldMs(intervalMs), 16 * intervalMs);
  });

  it("has whole milliseconds, whatever the interval", () =>
    assert.ok(
      Number.isSafeInteger(evict({}, { isUnderDiskPressure: true, intervalMs: 1_001 })?.pullsFromMs),
    ));

  it("counts once what is looked at again before its time", () => {
    const state = { there: new Set<string>(), left: new Set(["a"]), evictions: 2, pullsFromMs: nowMs + 5 };
    const again = evict(state, { isHeld: true });
    assert.deepEqual([again?.evictions, again?.pullsFromMs], [2, nowMs + 5]);
    assert.match(again?.why ?? "", /not time to pull it again yet/);
  });

  it("has it pulled once that time is over, unless the pressure stands", () => {
    const state = {
      there: new Set<string>(),
      left: new Set(["a"]),
      evictions: 2,
      returned: { a: nowMs - 1 },
    };
    assert.equal(evict(state), undefined);
    assert.equal(evict(state, { isUnderDiskPressure: true })?.evictions, 3);
  });

  it("does not hold back for a round that failed", () =>
    assert.equal(evict({ failedRounds: 3 }, { isHeld: true }), undefined));
});

describe("isFought()", () => {
  it("is not so of a time to come, as somebody has set the clock", () =>
    assert.equal(isFought(nowMs + 1, nowMs, intervalMs), false));
});

describe("lostOf()", () => {
  it("is what was there, and what was left since", () => {
    const state = { ...firstKeepState, there: new Set(["a"]), left: new Set(["b"]) };
    assert.deepEqual(lostOf(state, ["a", "b", "c"]), ["a", "b"]);
    assert.deepEqual(lostOf(firstKeepState, ["a"]), []);
  });
});
