import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { carriedText } from "./carried.ts";
import { given } from "./given.ts";
import { entriesFromLines, linesOf } from "./image-list.ts";
import { revisionOf } from "./revision.ts";
import { roundsStateFrom, textFromRoundsState } from "./rounds-state.ts";
import { createRoundWorld } from "./testing/round-world.ts";

interface Before {
  readonly rounds?: number;
  readonly dueMs?: number;
  readonly confirmed?: readonly string[];
  readonly throttledRegistries?: readonly string[];
}

/** The text of a process that worked on `lines`. */
function textFrom(lines: readonly string[], before: Before): string {
  const { rounds = 1, dueMs, confirmed = [], throttledRegistries = [] } = before;
  const context = createRoundWorld(lines, {
    confirmed: new Set(confirmed),
    throttledRegistries: new Set(throttledRegistries),
  });
  return textFromRoundsState({ rounds, ...given({ dueMs }) }, context);
}

/** What a process that works on `lines` reads in it. */
function readFor(lines: readonly string[], text: string | undefined) {
  const entries = entriesFromLines(lines);
  const state = roundsStateFrom(text, revisionOf("IfNotPresent", linesOf(entries)), entries);
  return state === undefined ? undefined : { ...state, confirmed: [...state.confirmed] };
}

const keyOf = (image: string) => `docker.io/library/${image}:latest`;
const manyImages = Array.from(
  { length: 5_000 },
  (_, index) => `registry.example:5000/team/app-${index}:1.${index}`,
);

describe("textFromRoundsState()", () => {
  it("is read again as what it was made from", () => {
    const before = {
      rounds: 3,
      dueMs: 1_790_000_000_000,
      confirmed: [keyOf("b")],
      throttledRegistries: ["docker.io", "quay.io"],
    };
    assert.deepEqual(readFor(["a", "b", "c"], textFrom(["a", "b", "c"], before)), before);
  });

  it("is read again, whichever of however many images are confirmed, and however the lines are arranged", () => {
    const images = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 40 });
    const plans = images.chain((lines) =>
      fc.record({
        lines: fc.constant(lines),
        rearranged: fc.shuffledSubarray(lines, { minLength: lines.length }),
        confirmed: fc.subarray(lines),
      }),
    );
    fc.assert(
      fc.property(plans, ({ lines, rearranged, confirmed }) => {
        const keys = confirmed.map(keyOf);
        const read = readFor(rearranged, textFrom(lines, { confirmed: keys }));
        assert.deepEqual(read?.confirmed, keys.toSorted());
      }),
    );
  });

  it("has one place for an image that several lines name", () => {
    const lines = ["a", "docker.io/library/a:latest required=false", "b"];
    for (const image of ["a", "b"]) {
      const text = textFrom(lines, { confirmed: [keyOf(image)] });
      assert.deepEqual(readFor(lines, text)?.confirmed, [keyOf(image)]);
    }
  });

  it("stays below 4 KB for 5,000 images, and is read again", () => {
    const confirmed = manyImages.filter((_, index) => index % 3 === 0);
    const text = textFrom(manyImages, { confirmed });
    assert.ok(Buffer.byteLength(text) < 4_000, `${Buffer.byteLength(text)} bytes`);
    assert.deepEqual(readFor(manyImages, text)?.confirmed, confirmed.toSorted());
  });

  it("fits into a variable of 128 KiB, however many registries throttle", () => {
    const throttledRegistries = Array.from({ length: 5_000 }, (_, index) => `${index}.`.padEnd(255, "r"));
    const text = textFrom(["a"], { throttledRegistries });
    assert.ok(Buffer.byteLength(text) < 100 * 1024);
    assert.deepEqual(readFor(["a"], text)?.throttledRegistries, throttledRegistries.slice(0, 100));
  });
});

describe("roundsStateFrom()", () => {
  it("reads nothing for another list, another policy or another command", () => {
    const text = textFrom(["a"], {});
    assert.ok(readFor(["a"], text));
    assert.equal(readFor(["a", "b"], text), undefined);
    const entries = entriesFromLines(["a"]);
    assert.equal(roundsStateFrom(text, revisionOf("Always", ["a"]), entries), undefined);
    assert.equal(readFor(["a"], text.replace('"prefetch"', '"keep"')), undefined);
  });

  it("reads nothing in a text that is cut short anywhere, or that there is not", () => {
    const text = textFrom(["a", "b"], { confirmed: [keyOf("a")], throttledRegistries: ["quay.io"] });
    for (let length = 0; length < text.length; length += 1)
      assert.equal(readFor(["a", "b"], text.slice(0, length)), undefined);
    assert.equal(readFor(["a", "b"], undefined), undefined);
  });

  const revision = revisionOf("IfNotPresent", ["a", "b"]);
  const nothing = { rounds: 2, confirmed: [], throttledRegistries: [] };
  const odd: readonly [what: string, fields: object, read: object | undefined][] = [
    ["nothing without the number of rounds", { confirmed: "/w==" }, undefined],
    ["nothing where the number is none", { rounds: "2" }, undefined],
    ["nothing where the number is below 0", { rounds: -1 }, undefined],
    ["as due at once where the time is none", { rounds: 2, dueMs: "2026-11-23" }, nothing],
    ["as unconfirmed what is not told of", { rounds: 2 }, nothing],
    ["as unconfirmed what is told of in another type", { rounds: 2, confirmed: [true, true] }, nothing],
    ["as unconfirmed what has been cut off", { rounds: 2, confirmed: "" }, nothing],
    ["as unconfirmed what is no base64", { rounds: 2, confirmed: "\u0000 ???" }, nothing],
    [
      "as unthrottled what is not told of in an array of texts",
      { rounds: 2, throttledRegistries: ["a", 1] },
      nothing,
    ],
    [
      "no more images than the list has",
      { rounds: 2, confirmed: Buffer.alloc(10_000, 0xff).toString("base64") },
      { ...nothing, confirmed: [keyOf("a"), keyOf("b")] },
    ],
  ];
  for (const [what, fields, read] of odd)
    it(`reads ${what}`, () =>
      assert.deepEqual(readFor(["a", "b"], carriedText("prefetch", revision, fields)), read));
});
