import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countBar, ratioBar, requestsBar } from "./limits.ts";

const limit = { what: "time", atMost: 1.2, kind: "bar" } as const;
const base = [98, 99, 100, 101, 102];
const times = (factor: number) => base.map((ms) => factor * ms);

describe("ratioBar()", () => {
  it("is reached at the limit and missed above it", () => {
    assert.equal(ratioBar(limit, times(1.2), base, false).isReached, true);
    assert.equal(ratioBar(limit, times(1.21), base, false).isReached, false);
  });

  it("only shows what the full bench misses", () => {
    assert.equal(ratioBar(limit, times(2), base, false).isGate, false);
  });

  it("fails the quick bench, with a margin of a half", () => {
    const [within, beyond] = [
      ratioBar(limit, times(1.79), base, true),
      ratioBar(limit, times(1.81), base, true),
    ];
    assert.deepEqual([within.isGate, within.isReached], [true, true]);
    assert.deepEqual([beyond.isGate, beyond.isReached], [true, false]);
    assert.match(within.bar, /1\.80 with the quick bench's margin/);
  });

  it("does not fail the quick bench by a median that chance may have put there, and shows it in the full one", () => {
    const scattered = [100, 110, 190, 300, 400];
    assert.equal(ratioBar(limit, scattered, base, true).isReached, true);
    assert.equal(ratioBar(limit, scattered, base, false).isReached, false);
  });

  it("never fails by a goal, which has no margin", () => {
    const goal = ratioBar({ ...limit, kind: "goal" }, times(1.5), base, true);
    assert.deepEqual([goal.isGate, goal.isReached, goal.bar], [false, false, "goal: 1.2 times at most"]);
  });

  it("says what was seen with how sure that is", () => {
    assert.match(
      ratioBar(limit, times(1.1), base, false).seen,
      /^1\.10 \(1\.0\d to 1\.1\d at 9\d %\) times$/,
    );
  });
});

describe("countBar()", () => {
  it("is missed by one run of many, and then fails every bench", () => {
    const { isReached, isGate, seen } = countBar("requests", 2, [2, 1, 3, 2]);
    assert.deepEqual([isReached, isGate, seen], [false, true, "1 or 2 or 3"]);
  });

  it("is reached where all are at the limit", () =>
    assert.equal(countBar("requests", 2, [2, 2]).isReached, true));

  it("is missed where nothing was counted", () => assert.equal(countBar("requests", 0, []).isReached, false));
});

describe("requestsBar()", () => {
  const reads = (count: number) => Array.from({ length: count }, () => ({ status: 200 }));
  const conflict = { status: 409 };

  it("is reached at the limit, and missed by one more and by none at all", () => {
    for (const [count, isReached] of [
      [2, true],
      [3, false],
      [0, false],
    ] as const)
      assert.equal(requestsBar("requests", 2, reads(count)).isReached, isReached, String(count));
  });

  it("allows what a conflict makes the agent ask again, and no more", () => {
    const again = requestsBar("requests", 2, [...reads(3), conflict]);
    assert.deepEqual(
      [again.isReached, again.isGate, again.seen],
      [true, true, "4, 1 of them answered with 409"],
    );
    assert.equal(requestsBar("requests", 2, [...reads(4), conflict]).isReached, false);
  });
});
