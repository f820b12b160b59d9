import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { entriesFromLines } from "./image-list.ts";
import { firstKeepState, type KeepState, keepStateFrom, textFromKeepState } from "./keep-state.ts";

const revision = "1-0123456789ab";
const images = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
const entries = entriesFromLines(images);
const list = { revision, entries };
const keysOf = (...some: readonly string[]) =>
  new Set(some.map((image) => `docker.io/library/${image}:latest`));
const read = (text: string | undefined) => keepStateFrom(text, list);
const afterNap = (state: KeepState) => read(textFromKeepState(state, list));
const state: KeepState = {
  there: keysOf("a", "i"),
  left: keysOf("b"),
  confirmed: keysOf("a", "b", "c"),
  failedRounds: 2,
  evictions: 1,
  pullsFromMs: 1_770_000_000_000,
  returned: { "docker.io/library/a:latest": 1_769_999_000_000 },
  vainLooks: 4,
  spentCpuMs: 123,
};

describe("textFromKeepState()", () => {
  it("is read again as the state that it was made from", () => {
    const sets = fc.subarray(images).map((some) => keysOf(...some));
    const counts = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const states = fc.record(
      {
        there: fc.option(sets, { nil: undefined }),
        left: sets,
        confirmed: sets,
        failedRounds: counts,
        evictions: counts,
        pullsFromMs: counts,
        returned: fc.dictionary(fc.string(), counts, { maxKeys: 10, noNullPrototype: true }),
        vainLooks: counts,
        spentCpuMs: counts,
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(states, (any) => assert.deepEqual(afterNap(any), any)));
  });

  it("keeps the 200 images that returned last", () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `image-${index}`);
    // In an order that is neither that of the names nor that of the times.
    const returned = Object.fromEntries(names.map((name, index) => [name, (index * 7) % 1_000]));
    const kept = Object.values(afterNap({ ...state, returned }).returned);
    assert.deepEqual(
      kept.toSorted((a, b) => a - b),
      Array.from({ length: 200 }, (_, index) => 800 + index),
    );
  });

  it("keeps all 200 where there are no more, and fits into a variable of 128 KiB with the longest references", () => {
    const digest = `sha512:${"f".repeat(128)}`;
    const entries = Array.from({ length: 200 }, (_, index) => [
      `${String(index).padEnd(255, "r")}@${digest}`,
      Number.MAX_SAFE_INTEGER - index,
    ]);
    const returned = Object.fromEntries(entries) as Record<string, number>;
    assert.deepEqual(afterNap({ ...state, returned }).returned, returned);
    const text = textFromKeepState({ ...state, returned }, list);
    assert.ok(Buffer.byteLength(text) < 120 * 1024, `${Buffer.byteLength(text)} bytes`);
  });
});

describe("keepStateFrom()", () => {
  const text = textFromKeepState(state, list);
  const strange: readonly [what: string, text: string | undefined][] = [
    ["nothing", undefined],
    ["an empty text", ""],
    ["no JSON", "again"],
    ["an array", `[${text}]`],
    ["another version's text", text.replace('"v":1', '"v":2')],
    ["another command's text", text.replace('"keep"', '"prefetch"')],
    ["another list's text", textFromKeepState(state, { ...list, revision: "1-ba9876543210" })],
  ];
  for (const [what, carried] of strange)
    it(`begins anew with ${what}`, () => assert.deepEqual(read(carried), firstKeepState));

  it("begins anew with a text that is cut short anywhere", () => {
    for (let length = 0; length < text.length; length += 1)
      assert.deepEqual(read(text.slice(0, length)), firstKeepState);
  });

  const fields = Object.keys(firstKeepState) as (keyof KeepState)[];
  for (const field of fields) {
    // Any text is some images' bits.
    const strangers = state[field] instanceof Set ? [] : ["text"];
    for (const value of [...strangers, -1, 0.5, null, [1], { a: "b" }])
      it(`takes ${JSON.stringify(value)} for no ${field}, and the rest as it is`, () => {
        const carried = JSON.stringify({ ...JSON.parse(text), [field]: value });
        assert.deepEqual(read(carried), { ...state, [field]: firstKeepState[field] });
      });
  }

  it("passes over images that the list has not", () => {
    const more = { ...list, entries: entriesFromLines([...images, "j"]) };
    const bits = textFromKeepState({ ...state, there: keysOf("j") }, more);
    assert.deepEqual(read(bits).there, keysOf());
  });
});
