import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nodeOf } from "./fleet-nodes.ts";
import {
  expectations,
  kindOf,
  linesOfRollout,
  listLength,
  missingOf,
  revisionOfRollout,
  unpullableOf,
} from "./node-plan.ts";

describe("kindOf()", () => {
  it("has five of ten nodes warm, four that pull and one that fails, in every rollout", () => {
    for (const rollout of [1, 2, 9]) {
      const kinds = Array.from({ length: 10 }, (_, number) => kindOf(number, rollout));
      const count = (kind: string) => kinds.filter((each) => each === kind).length;
      assert.deepEqual([count("warm"), count("pulling"), count("failing")], [5, 4, 1]);
    }
  });

  it("lets no node fail twice in a row, so that its label has to change", () => {
    for (let number = 0; number < 10; number += 1) {
      const kinds = Array.from({ length: 20 }, (_, rollout) => kindOf(number, rollout));
      assert.ok(kinds.every((kind, at) => kind !== "failing" || kinds[at + 1] !== "failing"));
    }
  });
});

describe("a rollout's list", () => {
  it("is another one, with another revision, each time", () => {
    assert.equal(linesOfRollout(1).length, listLength);
    assert.notEqual(revisionOfRollout(1), revisionOfRollout(2));
  });

  it("lacks on a node what its expectation says", () => {
    const lines = linesOfRollout(1);
    assert.deepEqual(missingOf("warm", lines), []);
    for (const kind of ["pulling", "failing"] as const) {
      const [missing, unpullable] = [missingOf(kind, lines), unpullableOf(kind, lines)];
      assert.ok(missing.length > 0 && unpullable.every((line) => missing.includes(line)));
      assert.equal(listLength - unpullable.length, expectations[kind].present);
    }
  });
});

describe("nodeOf()", () => {
  it("makes Nodes of the size that is asked for, but for a kubelet's entry of one image", () => {
    for (const bytes of [11_000, 20_000]) {
      const made = JSON.stringify(nodeOf("node-00000", bytes)).length;
      assert.ok(Math.abs(made + 1_000 - bytes) < 400, `${made} bytes for ${bytes}`);
    }
  });
});
