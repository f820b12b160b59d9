import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Disappearance, evictionOf, isFought, isLost } from "./eviction.ts";
import { firstKeepState, type KeepState } from "./keep-state.ts";

const minuteMs = 60_000;
const intervalMs = 10 * minuteMs;
const nowMs = 1_770_000_000_000;

interface Change {
  readonly state?: Partial<KeepState>;
  readonly found?: Partial<Disappearance>;
}

/** What comes of `a` missing, which was there at the last look. */
function evict({ state, found }: Change = {}) {
  return evictionOf(
    { ...firstKeepState, there: new Set(["a"]), ...state },
    {
      missing: new Set(["a"]),
      silent: new Set(),
      isUnderDiskPressure: false,
      nowMs,
      intervalMs,
      ...found,
    },
  );
}
const leftOf = (change: Change) => [...evict(change).leftUntilMs.keys()];
const returned = (ms: number, ...keys: readonly string[]) => new Map(keys.map((key) => [key, ms]));
const pressed = { isUnderDiskPressure: true };

describe("evictionOf()", () => {
  it("has what vanishes for the first time pulled again", () => {
    const { leftUntilMs, evictions, newlyLeft } = evict();
    assert.deepEqual([leftUntilMs.size, evictions.size, newlyLeft.size], [0, 0, 0]);
  });

  it("leaves what vanishes again within three intervals of its return, and not later", () => {
    assert.deepEqual(leftOf({ state: { returned: returned(nowMs - 3 * intervalMs + 1, "a") } }), ["a"]);
    assert.deepEqual(leftOf({ state: { returned: returned(nowMs - 3 * intervalMs, "a") } }), []);
  });

  it("leaves what vanishes under DiskPressure from the first time on", () =>
    assert.match(evict({ found: pressed }).why.get("a") ?? "", /DiskPressure/));

  it("leaves to the round what never was there, under DiskPressure too", () => {
    for (const there of [new Set<string>(), undefined])
      assert.deepEqual(leftOf({ state: { there }, found: pressed }), []);
  });

  it("leaves nothing of which the runtime did not say that it is gone", () => {
    const state = { returned: returned(nowMs, "a") };
    assert.deepEqual(leftOf({ state, found: { ...pressed, silent: new Set(["a"]) } }), []);
  });

  it("goes by each image for itself", () => {
    const state = { there: new Set(["a", "b"]), returned: returned(nowMs, "b") };
    assert.deepEqual(leftOf({ state }), []);
    const found = { missing: new Set(["a", "b", "c"]) };
    assert.deepEqual(leftOf({ state, found }), ["b"]);
    assert.deepEqual(leftOf({ state, found: { ...found, ...pressed } }), ["a", "b"]);
  });

  it("leaves it for one interval, then two, up to sixteen, less the half that finds the look there", () => {
    const held = [0, 1, 2, 3, 4, 5, 40].map((times) => {
      const state = { evictions: new Map([["a", times]]), returned: returned(nowMs, "a") };
      const { leftUntilMs, evictions } = evict({ state });
      assert.equal(evictions.get("a"), times + 1);
      return ((leftUntilMs.get("a") ?? 0) - nowMs) / intervalMs + 0.5;
    });
    assert.deepEqual(held, [1, 2, 4, 8, 16, 16, 16]);
  });

  it("has whole milliseconds, whatever the interval", () => {
    const { leftUntilMs } = evict({ found: { ...pressed, intervalMs: 600_001 } });
    assert.ok(Number.isSafeInteger(leftUntilMs.get("a")));
  });

  it("counts once what is looked at again before its time, and does not call it newly left", () => {
    const [leftUntilMs, evictions] = [returned(nowMs + 5, "a"), returned(2, "a")];
    for (const found of [{}, pressed, { silent: new Set(["a"]) }]) {
      const again = evict({ state: { there: new Set(), leftUntilMs, evictions }, found });
      assert.deepEqual([again.leftUntilMs, again.evictions], [leftUntilMs, evictions]);
      assert.equal(again.newlyLeft.size, 0);
      assert.match(again.why.get("a") ?? "", /not time to pull it again yet/);
    }
  });

  it("does not hold what has vanished besides", () => {
    const state = { there: new Set(["b"]), leftUntilMs: returned(nowMs + 5, "a") };
    assert.deepEqual(leftOf({ state, found: { missing: new Set(["a", "b"]) } }), ["a"]);
  });

  it("has it pulled once that time is over, unless the pressure stands", () => {
    const state = {
      there: new Set<string>(),
      leftUntilMs: returned(nowMs, "a"),
      evictions: returned(2, "a"),
      returned: returned(nowMs - 1, "a"),
    };
    assert.deepEqual(leftOf({ state }), []);
    const { evictions, newlyLeft } = evict({ state, found: pressed });
    assert.deepEqual([evictions.get("a"), [...newlyLeft]], [3, ["a"]]);
  });

  it("is not held for longer than any wait by a clock that was set back", () => {
    const leftFor = (ms: number) =>
      leftOf({ state: { there: new Set(), leftUntilMs: returned(nowMs + ms, "a") } });
    assert.deepEqual(leftFor(16 * intervalMs), ["a"]);
    assert.deepEqual(leftFor(16 * intervalMs + 1), []);
  });
});

describe("isFought()", () => {
  it("is not so of a time to come, as somebody has set the clock", () =>
    assert.equal(isFought(nowMs + 1, nowMs, intervalMs), false));

  it("goes by a quarter of an hour where three intervals are less, as a kubelet takes its turn every five minutes", () => {
    assert.equal(isFought(nowMs - 15 * minuteMs + 1, nowMs, minuteMs), true);
    assert.equal(isFought(nowMs - 15 * minuteMs, nowMs, minuteMs), false);
  });
});

describe("isLost()", () => {
  it("is so of what was there, and of what was left since", () => {
    const state = { ...firstKeepState, there: new Set(["a"]), leftUntilMs: new Map([["b", 1]]) };
    assert.deepEqual(
      ["a", "b", "c"].map((key) => isLost(state, key)),
      [true, true, false],
    );
    assert.equal(isLost(firstKeepState, "a"), false);
  });
});
