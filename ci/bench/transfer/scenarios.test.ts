import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transferScenarios } from "./scenarios.ts";
import type { ImagePlan, TransferScenario } from "./transfer-types.ts";
import { turnsOf } from "./turns-of.ts";

/** Of layers of one name there is one. */
function uniqueBytes(images: readonly ImagePlan[]): number {
  const layers = new Map(images.flatMap((image) => image.layers.map((layer) => [layer.name, layer.bytes])));
  return [...layers.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function scenarioNamed(name: string, isQuick: boolean): TransferScenario {
  const scenario = transferScenarios(isQuick).find((each) => each.name === name);
  assert.ok(scenario !== undefined, name);
  return scenario;
}

const names = ["link-bound", "unpack-bound", "latency-bound", "shared-base", "straggler", "slow-link"];

for (const isQuick of [false, true]) {
  describe(`transferScenarios(${isQuick})`, () => {
    it("has the six scenarios, each with the agent first", () => {
      assert.deepEqual(
        transferScenarios(isQuick).map(({ name, contenders }) => [name, contenders[0]]),
        names.map((name) => [name, "agent"]),
      );
    });

    it("names no image and no contender twice in a scenario", () => {
      for (const { name, images, contenders } of transferScenarios(isQuick)) {
        assert.equal(new Set(images.map((image) => image.name)).size, images.length, name);
        assert.equal(new Set(contenders).size, contenders.length, name);
      }
    });

    it("describes a layer the same way wherever its name stands", () => {
      for (const { images } of transferScenarios(isQuick)) {
        const layers = images.flatMap((image) => image.layers);
        const kinds = new Set(layers.map(({ name, bytes, content }) => `${name} ${bytes} ${content}`));
        assert.equal(kinds.size, new Set(layers.map(({ name }) => name)).size);
      }
    });

    it("lets a straggler's large image come last, and larger than all others together", () => {
      const { images } = scenarioNamed("straggler", isQuick);
      assert.ok(uniqueBytes(images.slice(-1)) > uniqueBytes(images.slice(0, -1)));
    });

    it("lets leaves share two bases, which are most of what there is to download", () => {
      const { images } = scenarioNamed("shared-base", isQuick);
      const bases = new Set(images.map((image) => image.layers[0]?.name));
      assert.equal(bases.size, 2);
      const alone = images.reduce((sum, image) => sum + uniqueBytes([image]), 0);
      assert.ok(alone > 2 * uniqueBytes(images));
    });

    it("puts the agent beside one by one where waiting counts", () =>
      assert.ok(scenarioNamed("latency-bound", isQuick).contenders.includes("pool 1")));
  });
}

describe("the full slow link", () => {
  it("lets none of all images at once be done in 30 s, and one of four", () => {
    const { images, rateMbit = 0 } = scenarioNamed("slow-link", false);
    const secondsOf = (count: number) => (uniqueBytes(images.slice(0, count)) * 8) / (rateMbit * 1e6);
    assert.ok(secondsOf(images.length) > 33);
    assert.ok(secondsOf(4) < 20);
  });
});

describe("turnsOf()", () => {
  const scenario = { contenders: ["agent", "pool 1", "kubelet"] };
  const unsaid = { isQuick: false, repeats: undefined };
  const repeatsOf = (...asked: Parameters<typeof turnsOf>) => turnsOf(...asked).map(({ repeats }) => repeats);

  it("lets the agent run five times, a rival three times, and the kubelet once", () =>
    assert.deepEqual(turnsOf(scenario, unsaid), [
      { contender: "agent", repeats: 5 },
      { contender: "pool 1", repeats: 3 },
      { contender: "kubelet", repeats: 1 },
    ]));

  it("goes by what the scenario says", () => {
    assert.deepEqual(repeatsOf({ ...scenario, repeats: 3 }, unsaid), [3, 2, 1]);
    assert.deepEqual(repeatsOf({ ...scenario, repeats: 2 }, unsaid), [2, 2, 1]);
  });

  it("goes by what the user says before all else, of everybody", () =>
    assert.deepEqual(repeatsOf({ ...scenario, repeats: 3 }, { ...unsaid, repeats: 7 }), [7, 7, 7]));

  it("lets both the agent and a rival of the quick bench run twice", () =>
    assert.deepEqual(repeatsOf(scenario, { ...unsaid, isQuick: true }), [2, 2, 1]));
});
