import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../seeded-random.ts";
import { runOrder } from "./run-order.ts";

const names = ["agent", "pool 1", "unbounded", "kubelet"];
const someTurns = fc
  .tuple(...names.map(() => fc.integer({ min: 1, max: 9 })))
  .map((repeats) => names.map((contender, index) => ({ contender, repeats: repeats[index] ?? 1 })));

describe("runOrder()", () => {
  it("gives everybody the turns that are due, and one a round at most", () =>
    fc.assert(
      fc.property(someTurns, fc.integer(), (turns, seed) => {
        const order = runOrder(turns, seededRandom(seed));
        for (const { contender, repeats } of turns) {
          const rounds = order.filter((run) => run.contender === contender).map(({ round }) => round);
          assert.deepEqual([rounds.length, new Set(rounds).size], [repeats, repeats]);
        }
        assert.deepEqual(
          order.map(({ round }) => round),
          order.map(({ round }) => round).toSorted((a, b) => a - b),
        );
      }),
    ));

  it("is the same for the same seed, and another order for another", () => {
    const turns = names.map((contender) => ({ contender, repeats: 5 }));
    assert.deepEqual(runOrder(turns, seededRandom(1)), runOrder(turns, seededRandom(1)));
    assert.notDeepEqual(runOrder(turns, seededRandom(1)), runOrder(turns, seededRandom(2)));
  });

  it("draws the order of each round anew", () => {
    const turns = names.map((contender) => ({ contender, repeats: 8 }));
    const order = runOrder(turns, seededRandom(1));
    const rounds = Map.groupBy(order, ({ round }) => round);
    const orders = [...rounds.values()].map((runs) => runs.map(({ contender }) => contender).join());
    assert.ok(new Set(orders).size > 4, `${orders}`);
  });

  it("spreads few turns over all rounds", () => {
    const order = runOrder(
      [
        { contender: "agent", repeats: 6 },
        { contender: "kubelet", repeats: 2 },
      ],
      seededRandom(1),
    );
    const rounds = order.filter(({ contender }) => contender === "kubelet").map(({ round }) => round);
    assert.deepEqual(rounds, [3, 6]);
  });

  it("is empty where nobody has a turn", () => assert.deepEqual(runOrder([], seededRandom(1)), []));
});
