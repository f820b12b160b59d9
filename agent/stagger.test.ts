import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hasToWait, staggerDelayMs, staggerOf } from "./stagger.ts";

const minuteMs = 60_000;
const window = { nodeName: "node-1", instance: "my-images", windowMs: 10 * minuteMs };

const windows = fc.record({
  nodeName: fc.string({ minLength: 1, maxLength: 40 }),
  instance: fc.string({ minLength: 1, maxLength: 40 }),
  windowMs: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
});

describe("staggerDelayMs()", () => {
  it("is a whole number of milliseconds from 0 up to the window, and the same each time", () =>
    fc.assert(
      fc.property(windows, (of) => {
        const delayMs = staggerDelayMs(of);
        assert.ok(Number.isInteger(delayMs) && delayMs >= 0 && delayMs < of.windowMs, `${delayMs}`);
        assert.equal(staggerDelayMs({ ...of }), delayMs);
      }),
    ));

  it("is the same in every process", () => {
    // printf 'node-1\nmy-images' | sha256sum | cut -c 1-8
    assert.equal(staggerDelayMs(window), Math.floor((0x0ad6681c / 2 ** 32) * window.windowMs));
  });

  it("grows with the window", () =>
    fc.assert(
      fc.property(windows, fc.nat(1_000_000), (of, moreMs) => {
        assert.ok(staggerDelayMs({ ...of, windowMs: of.windowMs + moreMs }) >= staggerDelayMs(of));
      }),
    ));

  it("is another one for another instance on the same node", () => {
    const delays = ["my-images", "your-images", "theirs"].map((instance) =>
      staggerDelayMs({ ...window, instance }),
    );
    assert.equal(new Set(delays).size, 3);
  });

  // 20 of the buckets have 250 each on average; one of these is 65 away for one set of names in 1,000.
  const names: readonly [what: string, nameOf: (index: number) => string][] = [
    ["numbered", (index) => `worker-${index}`],
    ["addresses", (index) => `ip-10-${index >> 8}-${index & 255}-7.eu-west-1.compute.internal`],
    ["padded", (index) => `gke-pool-${String(index).padStart(6, "0")}`],
  ];
  for (const [what, nameOf] of names)
    it(`spreads 5,000 nodes evenly over the window, where their names are ${what}`, () => {
      const counts = Array<number>(20).fill(0);
      for (let index = 0; index < 5_000; index += 1) {
        const delayMs = staggerDelayMs({ ...window, nodeName: nameOf(index) });
        const bucket = Math.floor((delayMs / window.windowMs) * 20);
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
      for (const count of counts) assert.ok(count > 185 && count < 315, `${counts}`);
    });
});

describe("staggerOf()", () => {
  const settings = { nodeName: "node-1", instance: "my-images", staggerNodeAgeMs: 5 };

  it("is none without a window", () =>
    assert.equal(staggerOf({ ...settings, staggerWindowMs: 0 }), undefined));

  it("has the node's share", () =>
    assert.deepEqual(staggerOf({ ...settings, staggerWindowMs: window.windowMs }), {
      delayMs: staggerDelayMs(window),
      windowMs: window.windowMs,
      nodeAgeMs: 5,
    }));
});

describe("hasToWait()", () => {
  const stagger = { delayMs: 1, windowMs: 2, nodeAgeMs: 10 * minuteMs };
  const ages: readonly [what: string, ageMs: number | undefined, isSo: boolean][] = [
    ["a Node that is as old as it has to be", 10 * minuteMs, true],
    ["a Node of years", 1e11, true],
    ["a Node whose age nobody knows", undefined, true],
    ["not a Node that is younger", 10 * minuteMs - 1, false],
    ["not a Node that was created in a moment, by a clock that is behind", -5_000, false],
  ];
  for (const [what, ageMs, isSo] of ages)
    it(`means ${what}`, () => assert.equal(hasToWait(stagger, ageMs), isSo));
});
