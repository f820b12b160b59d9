import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createFaultDraw, faultKinds, faultShares } from "./fault-draw.ts";

const names = Array.from({ length: 5_000 }, (_, number) => `node-${number}`);

describe("createFaultDraw()", () => {
  it("gives each request of a node the same fault by the same seed, in whatever order nodes ask", () => {
    const [one, other] = [createFaultDraw(7), createFaultDraw(7)];
    const forwards = names.map((name) => one(name, 0));
    const backwards = names.toReversed().map((name) => other(name, 0));
    assert.deepEqual(backwards.toReversed(), forwards);
  });

  it("gives other faults by another seed, and to the next request", () => {
    const draw = createFaultDraw(7);
    const first = names.map((name) => draw(name, 0));
    assert.notDeepEqual(
      names.map((name) => createFaultDraw(8)(name, 0)),
      first,
    );
    assert.notDeepEqual(
      names.map((name) => draw(name, 1)),
      first,
    );
  });

  it("gives each kind its share", () => {
    const draw = createFaultDraw(1);
    const drawn = names.flatMap((name) => [draw(name, 0), draw(name, 1)]);
    for (const kind of faultKinds) {
      const times = drawn.filter((each) => each === kind).length / drawn.length / faultShares[kind];
      assert.ok(times > 0.6 && times < 1.4, `${kind}: ${times} times its share`);
    }
  });

  it("spares a node that has had five", () => {
    const draw = createFaultDraw(3);
    const ofNode = Array.from({ length: 1_000 }, (_, ordinal) => draw("node-1", ordinal));
    assert.equal(ofNode.filter((each) => each !== undefined).length, 5);
    assert.equal(createFaultDraw(3)("node-2", 0), draw("node-2", 0));
  });
});
