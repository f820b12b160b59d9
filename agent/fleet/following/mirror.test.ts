import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createMirror } from "./mirror.ts";

interface Thing {
  readonly name: string;
  readonly value: number;
}
const one = (value: number): Thing => ({ name: "one", value });
const two = (value: number): Thing => ({ name: "two", value });

describe("createMirror()", () => {
  const mirror = () => createMirror<Thing>(({ name }) => name);

  it("knows nothing before all is told", () => {
    const things = mirror();
    assert.equal(things.items(), undefined);
    things.take({ kind: "set", item: one(1) });
    things.take({ kind: "removed", item: one(1) });
    assert.equal(things.items(), undefined);
  });

  it("has each thing as it was last", () => {
    const things = mirror();
    things.take({ kind: "all", items: [one(1), two(1)] });
    things.take({ kind: "set", item: one(2) });
    assert.deepEqual(things.items(), [one(2), two(1)]);
    things.take({ kind: "removed", item: one(1) });
    assert.deepEqual(things.items(), [two(1)]);
    things.take({ kind: "all", items: [one(3)] });
    assert.deepEqual(things.items(), [one(3)]);
  });

  it("says whether anything but the version is another, and keeps the array where it is not", () => {
    const things = createMirror<Thing & { readonly resourceVersion?: string }>(({ name }) => name);
    const set = (item: Thing, resourceVersion: string) =>
      things.take({ kind: "set", item: { ...item, resourceVersion } });
    assert.equal(set(one(1), "1"), false, "before all is told");
    assert.equal(things.take({ kind: "all", items: [one(1)] }), true);
    assert.equal(set(two(1), "1"), true);
    const items = things.items();
    assert.deepEqual([set(two(1), "2"), set(one(1), "3")], [false, false]);
    assert.equal(things.take({ kind: "removed", item: { name: "three", value: 1 } }), false);
    assert.equal(things.items(), items, "the very array");
    assert.equal(set(two(2), "4"), true);
    assert.equal(things.take({ kind: "removed", item: two(2) }), true);
  });

  it("says whether the interruption is another", () => {
    const things = mirror();
    things.take({ kind: "all", items: [one(1)] });
    const news = ["a", "a", "b"].map((why) => things.take({ kind: "interrupted", why }));
    assert.deepEqual(news, [true, false, true]);
    assert.equal(things.take({ kind: "all", items: [one(1)] }), true, "it is over");
  });

  it("says what interrupts it until all is told, and keeps what it knew", () => {
    const things = mirror();
    assert.equal(things.interruption(), undefined);
    things.take({ kind: "all", items: [one(1)] });
    const items = things.items();
    things.take({ kind: "interrupted", why: "no answer" });
    assert.equal(things.items(), items, "the very array");
    assert.equal(things.interruption(), "no answer");
    things.take({ kind: "all", items: [] });
    assert.equal(things.interruption(), undefined);
  });
});
