import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { carriedFields, carriedText } from "./carried.ts";
import { cpuMsOf } from "./testing/cpu-time.ts";

const revision = "1-0123456789ab";
const read = (text: string | undefined) => carriedFields(text, "prefetch", revision);
const fieldsIn = (fields: object) => {
  const carried = read(carriedText("prefetch", revision, fields));
  assert.ok(carried);
  return carried;
};

describe("carriedFields()", () => {
  it("reads what carriedText() wrote for the same command and list", () => {
    const fields = fieldsIn({ a: "text", b: 3, c: false, d: ["x", "y"], e: { z: 1 } });
    assert.equal(fields.text("a"), "text");
    assert.equal(fields.count("b"), 3);
    assert.equal(fields.truth("c"), false);
    assert.deepEqual(fields.texts("d"), ["x", "y"]);
    assert.deepEqual(fields.numbers("e"), { z: 1 });
  });

  const strange: readonly [what: string, text: string | undefined][] = [
    ["nothing", undefined],
    ["an empty text", ""],
    ["no JSON", "prefetch"],
    ["JSON that is cut short", carriedText("prefetch", revision, { rounds: 1 }).slice(0, -1)],
    ["null", "null"],
    ["a number", "1"],
    ["a text", JSON.stringify(carriedText("prefetch", revision, {}))],
    ["an array", `[${carriedText("prefetch", revision, {})}]`],
    ["no version", JSON.stringify({ command: "prefetch", revision })],
    ["another version", JSON.stringify({ v: 2, command: "prefetch", revision })],
    ["a version of another type", JSON.stringify({ v: "1", command: "prefetch", revision })],
    ["no command", JSON.stringify({ v: 1, revision })],
    ["another command", carriedText("keep", revision, {})],
    ["no list", JSON.stringify({ v: 1, command: "prefetch" })],
    ["another list", carriedText("prefetch", "1-ba9876543210", {})],
    ["lists in an array", JSON.stringify({ v: 1, command: "prefetch", revision: [revision] })],
  ];
  for (const [what, text] of strange)
    it(`reads nothing in ${what}`, () => assert.equal(read(text), undefined));

  it("reads nothing in arrays within arrays, a hundred thousand deep, in less than a second", () => {
    const depth = 100_000;
    const text = "[".repeat(depth) + "]".repeat(depth);
    assert.ok(cpuMsOf(() => assert.equal(read(text), undefined)) < 1_000);
  });

  const wrong: readonly [
    what: "text" | "count" | "truth" | "texts" | "numbers",
    values: readonly unknown[],
  ][] = [
    ["text", [1, true, null, ["a"], { a: "a" }]],
    ["count", ["1", true, null, -1, 1.5, 1e300, 2 ** 53, [1], { a: 1 }]],
    ["truth", ["true", 1, 0, null, [true], {}]],
    ["texts", ["a", 1, null, { 0: "a", length: 1 }, ["a", 1], [["a"]], [null]]],
    ["numbers", ["a", 1, null, [1], { a: "1" }, { a: 1, b: null }, { a: -1 }, { a: 0.5 }, { a: { b: 1 } }]],
  ];
  for (const [what, values] of wrong) {
    for (const value of values)
      it(`has no ${what} in ${JSON.stringify(value)}`, () =>
        assert.equal(fieldsIn({ a: value })[what]("a"), undefined));
    it(`has no ${what} where there is no such field`, () => assert.equal(fieldsIn({})[what]("a"), undefined));
  }

  it("keeps a name as a name, whatever JavaScript makes of it elsewhere", () => {
    const text = carriedText("prefetch", revision, {}).replace("}", ',"a":{"__proto__":7}}');
    assert.deepEqual(Object.entries(read(text)?.numbers("a") ?? {}), [["__proto__", 7]]);
  });

  it("reads the largest count that is exact, and none", () => {
    const largest = Number.MAX_SAFE_INTEGER;
    assert.equal(fieldsIn({ a: largest }).count("a"), largest);
    assert.equal(fieldsIn({ a: 0 }).count("a"), 0);
    assert.deepEqual(fieldsIn({ a: [] }).texts("a"), []);
    assert.deepEqual(fieldsIn({ a: {} }).numbers("a"), {});
  });

  it("gives, whatever stands there, what it says it gives, or nothing", () =>
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const fields = fieldsIn({ a: value });
        for (const given of [fields.text("a"), fields.count("a"), fields.truth("a"), fields.texts("a")])
          assert.ok(given === undefined || JSON.stringify(given) === JSON.stringify(value));
        for (const number of Object.values(fields.numbers("a") ?? {}))
          assert.ok(Number.isSafeInteger(number) && number >= 0);
      }),
    ));
});
