import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PullsPlan, peakRate, simulatePulls } from "./simulate-pulls.ts";

const plan: PullsPlan = {
  startsAt: [0],
  bytesPerNode: 100,
  linkRate: 10,
  egressRate: Number.POSITIVE_INFINITY,
};
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

describe("simulatePulls()", () => {
  it("has one node take as long as its link does", () => {
    const pulls = simulatePulls(plan);
    assert.deepEqual(pulls, {
      bytesBySecond: Array(10).fill(10),
      mostAtOnce: 1,
      lastDoneAt: 10,
      slowestSeconds: 10,
    });
  });

  it("lets nodes that come together have their whole links, where the registry has no bound", () => {
    const pulls = simulatePulls({ ...plan, startsAt: [0, 0, 0] });
    assert.deepEqual([pulls.mostAtOnce, pulls.lastDoneAt, pulls.bytesBySecond[0]], [3, 10, 30]);
  });

  it("shares what the registry can give among those that pull", () => {
    const pulls = simulatePulls({ ...plan, startsAt: [0, 0], egressRate: 10 });
    assert.deepEqual([pulls.lastDoneAt, pulls.slowestSeconds], [20, 20]);
    assert.equal(Math.max(...pulls.bytesBySecond), 10);
  });

  it("slows down who has begun when another begins, and the other only as long as both pull", () => {
    const pulls = simulatePulls({ ...plan, startsAt: [0, 5], egressRate: 10 });
    assert.deepEqual([pulls.lastDoneAt, pulls.slowestSeconds, pulls.mostAtOnce], [20, 15, 2]);
  });

  it("waits where nobody pulls, and counts no node as pulling that has done", () => {
    const pulls = simulatePulls({ ...plan, startsAt: [20.5, 0] });
    assert.deepEqual([pulls.mostAtOnce, pulls.lastDoneAt], [1, 30.5]);
    assert.deepEqual(pulls.bytesBySecond.slice(9, 23), [10, ...Array(10).fill(0), 5, 10, 10].slice(0, 14));
  });

  it("loses no byte, whatever the bound", () => {
    const startsAt = Array.from({ length: 500 }, (_, index) => (index * 7.3) % 61);
    for (const egressRate of [5, 50, 500, Number.POSITIVE_INFINITY]) {
      const pulls = simulatePulls({ ...plan, startsAt, egressRate });
      assert.ok(Math.abs(sum(pulls.bytesBySecond) - 50_000) < 1e-3, `${sum(pulls.bytesBySecond)}`);
      assert.ok(Math.max(...pulls.bytesBySecond) <= egressRate + 1e-6);
    }
  });
});

describe("peakRate()", () => {
  const bytes = [1, 5, 3, 3, 0];

  it("is the busiest second, or the busiest seconds in a row", () => {
    assert.equal(peakRate(bytes, 1), 5);
    assert.equal(peakRate(bytes, 3), 11 / 3);
  });

  it("counts seconds in which nothing was left to pull", () => assert.equal(peakRate(bytes, 12), 1));
});
