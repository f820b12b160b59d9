import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { msUntilNextLook } from "./look-times.ts";

const minuteMs = 60_000;
const node = { nodeName: "node-1", instance: "my-images", intervalMs: 10 * minuteMs };
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

const times = fc.record({
  nodeName: fc.string({ minLength: 1, maxLength: 40 }),
  instance: fc.string({ minLength: 1, maxLength: 40 }),
  intervalMs: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
});
const instants = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) });

/** How many of 1,000 nodes have their next look in each tenth of an interval. */
function countsByTenth(): readonly number[] {
  const counts = Array<number>(10).fill(0);
  for (let index = 0; index < 1_000; index += 1) {
    const nodeName = `ip-10-0-${index >> 8}-${index & 255}.example`;
    const delayMs = msUntilNextLook({ ...node, nodeName }, nowMs);
    const tenth = Math.ceil((delayMs / node.intervalMs) * 10) - 1;
    counts[tenth] = (counts[tenth] ?? 0) + 1;
  }
  return counts;
}

describe("msUntilNextLook()", () => {
  it("is a whole number of milliseconds, more than 0 and one interval at most", () =>
    fc.assert(
      fc.property(times, instants, (of, anyMs) => {
        const delayMs = msUntilNextLook(of, anyMs);
        assert.ok(Number.isInteger(delayMs) && delayMs > 0 && delayMs <= of.intervalMs, `${delayMs}`);
      }),
    ));

  it("leads to instants that lie whole intervals apart, from whenever it is asked", () =>
    fc.assert(
      fc.property(times, instants, instants, (of, oneMs, otherMs) => {
        const apartMs = oneMs + msUntilNextLook(of, oneMs) - (otherMs + msUntilNextLook(of, otherMs));
        // A remainder may be -0.
        assert.ok(apartMs % of.intervalMs === 0, `${apartMs}`);
      }),
    ));

  it("leads to the same look from anywhere before it, and from it to the one an interval later", () =>
    fc.assert(
      fc.property(times, instants, fc.nat(), (of, anyMs, nat) => {
        const lookMs = anyMs + msUntilNextLook(of, anyMs);
        const betweenMs = anyMs + (nat % (lookMs - anyMs));
        assert.equal(betweenMs + msUntilNextLook(of, betweenMs), lookMs);
        assert.equal(msUntilNextLook(of, lookMs), of.intervalMs);
      }),
    ));

  it("spreads the looks of 1,000 nodes evenly over the interval", () => {
    // 100 each on average; one of ten is 35 away for one set of names in 400.
    for (const count of countsByTenth()) assert.ok(count > 65 && count < 135, `${count}`);
  });

  it("lies elsewhere for another instance on the same node, even where the two names run together alike", () => {
    const names = [
      ["node-1", "my-images"],
      ["node-1", "your-images"],
      ["node-", "1my-images"],
      ["node-1m", "y-images"],
    ] as const;
    const delays = names.map(([nodeName, instance]) =>
      msUntilNextLook({ ...node, nodeName, instance }, nowMs),
    );
    assert.equal(new Set(delays).size, names.length);
  });

  it("is the same in every process", () => {
    // printf 'node-1\nmy-images' | sha256sum | cut -c 1-8
    const shiftMs = Math.floor((0x0ad6681c / 2 ** 32) * node.intervalMs);
    assert.equal(msUntilNextLook(node, 0), shiftMs);
    assert.equal(msUntilNextLook(node, shiftMs - 1), 1);
  });
});
