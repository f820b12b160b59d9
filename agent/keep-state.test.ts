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
const numbersOf = (...numbers: readonly (readonly [image: string, number: number])[]) =>
  new Map(numbers.map(([image, number]) => [`docker.io/library/${image}:latest`, number]));
const read = (text: string | undefined) => keepStateFrom(text, list);
const afterNap = (state: KeepState) => read(textFromKeepState(state, list));
const state: KeepState = {
  there: keysOf("a", "i"),
  silent: keysOf("b"),
  confirmed: keysOf("a", "b", "c"),
  failedRounds: 2,
  pullsFromMs: 1_770_000_000_000,
  leftUntilMs: numbersOf(["c", 1_770_000_000_001]),
  evictions: numbersOf(["a", 1], ["c", 3], ["i", 1]),
  returned: numbersOf(["a", 1_769_999_000_000]),
  vainLooks: 4,
  spentCpuMs: 123,
};

describe("textFromKeepState()", () => {
  it("is read again as the state that it was made from", () => {
    const sets = fc.subarray(images).map((some) => keysOf(...some));
    const counts = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const numbers = fc.array(fc.tuple(fc.constantFrom(...images), counts)).map((some) => numbersOf(...some));
    const states = fc.record(
      {
        there: fc.option(sets, { nil: undefined }),
        silent: sets,
        confirmed: sets,
        failedRounds: counts,
        pullsFromMs: counts,
        leftUntilMs: numbers,
        evictions: numbers,
        returned: numbers,
        vainLooks: counts,
        spentCpuMs: counts,
      },
      { noNullPrototype: true },
    );
    fc.assert(fc.property(states, (any) => assert.deepEqual(afterNap(any), any)));
  });

  const many = Array.from({ length: 20_000 }, (_, index) => `image-${index}`);
  const longList = { revision, entries: entriesFromLines(many) };
  /** A number for each of many images, of so many different ones. */
  const numbersOfMany = (different: number) =>
    numbersOf(
      // In an order that is neither that of the names nor that of the numbers.
      ...many.map((image, index) => [image, Number.MAX_SAFE_INTEGER - ((index * 7) % different)] as const),
    );
  const manyAfterNap = (returned: KeepState["returned"]) =>
    keepStateFrom(textFromKeepState({ ...state, returned }, longList), longList).returned;

  it("keeps the images of the ten latest times, however many they are", () => {
    const kept = manyAfterNap(numbersOfMany(1_000));
    assert.deepEqual(
      [...new Set(kept.values())].toSorted((a, b) => b - a),
      Array.from({ length: 10 }, (_, index) => Number.MAX_SAFE_INTEGER - index),
    );
    assert.equal(kept.size, 200);
  });

  it("keeps all 20,000 of a list where there are no more times, and fits into a variable of 128 KiB", () => {
    const numbers = numbersOfMany(10);
    assert.deepEqual(new Map([...manyAfterNap(numbers)].toSorted()), new Map([...numbers].toSorted()));
    const full = { ...state, leftUntilMs: numbers, evictions: numbers, returned: numbers };
    const text = textFromKeepState(full, longList);
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
