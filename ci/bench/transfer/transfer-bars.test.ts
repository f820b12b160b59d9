import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Bar } from "../section.ts";
import { exampleResult, exampleRun } from "./example-result.ts";
import { isWorthAnotherTry, orderNotes, transferBars } from "./transfer-bars.ts";
import type { ScenarioResult } from "./transfer-table.ts";

const five = (seconds: number) => [0.98, 0.99, 1, 1.01, 1.02].map((share) => share * seconds);

/** The bars whose description has that in it. */
function barsNamed(words: string, result: ScenarioResult, isQuick = false): readonly Bar[] {
  return transferBars(result, isQuick).filter(({ what }) => what.includes(words));
}

const isReached = (words: string, result: ScenarioResult, isQuick = false) =>
  barsNamed(words, result, isQuick).map((bar) => bar.isReached);

describe("the bar of rivals", () => {
  const against = (seconds: number) =>
    exampleResult("link-bound", { agent: five(4), "pool 8": five(seconds) });

  it("is reached where a contender is faster by less than 5 %, and missed where it is surely by more", () => {
    assert.deepEqual(isReached("no contender", against(3.9)), [true]);
    assert.deepEqual(isReached("no contender", against(3.5)), [false]);
  });

  it("is reached where the interval's lower end leaves it open", () => {
    const wide = exampleResult("link-bound", { agent: [3, 3.4, 4.4, 4.4, 4.4], "pool 8": [4, 4, 4, 4, 4] });
    assert.deepEqual(isReached("no contender", wide), [true]);
  });

  it("has a margin of 1.5 in the quick bench, and is a gate there alone", () => {
    assert.deepEqual(isReached("no contender", against(3), true), [true]);
    assert.deepEqual(isReached("no contender", against(2.4), true), [false]);
    assert.deepEqual(
      [true, false].map((isQuick) => barsNamed("no contender", against(4), isQuick)[0]?.isGate),
      [true, false],
    );
  });

  it("goes by the contender that is the fastest, and names it", () => {
    const [bar] = barsNamed(
      "no contender",
      exampleResult("link-bound", {
        agent: five(4),
        "pool 1": five(9),
        "pool 8": five(3),
        kubelet: five(20),
      }),
    );
    assert.match(bar?.seen ?? "", /^1\.33 \(1\.29 to 1\.37 at 96 %\) times as long as pool 8$/);
  });

  it("names the one with the best median where there are too few runs for an interval", () => {
    const single = exampleResult("link-bound", { agent: [4], "pool 1": [9], "pool 8": [3] });
    assert.match(barsNamed("no contender", single)[0]?.seen ?? "", /as long as pool 8$/);
  });

  it("is not there where nobody else has run, nor any bar where the agent has not", () => {
    assert.deepEqual(barsNamed("no contender", exampleResult("link-bound", { agent: five(4) })), []);
    assert.deepEqual(transferBars(exampleResult("link-bound", { "pool 1": five(4) }), true), []);
  });
});

describe("the bars of counts", () => {
  const withRun = (run: Parameters<typeof exampleRun>[0], name = "link-bound") => {
    const result = exampleResult(name, { agent: [4, 4] });
    return { ...result, runs: [...result.runs, exampleRun({ scenario: name, ...run })] };
  };
  const wrong = [
    ["PullImage calls", { pullImageCalls: 5 }],
    ["PullImage calls", { pullImageCalls: 3 }],
    ["requests of the registry", { requests: 21 }],
    ["body bytes", { bytesRatio: 1.04 }],
  ] as const;
  for (const [words, run] of wrong) {
    it(`are missed with a single run of ${JSON.stringify(run)}, and are gates`, () => {
      assert.deepEqual(isReached(words, exampleResult("link-bound", { agent: [4, 4] })), [true]);
      assert.deepEqual(isReached(words, withRun(run)), [false]);
      assert.deepEqual(
        [false, true].flatMap((isQuick) =>
          barsNamed(words, withRun(run), isQuick).map(({ isGate }) => isGate),
        ),
        [true, true],
      );
    });
  }

  it("are the agent's alone", () =>
    assert.deepEqual(isReached("PullImage", withRun({ contender: "reference-like", pullImageCalls: 7 })), [
      true,
    ]));

  it("are stricter with a slow link's bytes, and have the reference's beside the agent's", () => {
    assert.deepEqual(isReached("body bytes", withRun({ bytesRatio: 1.02 })), [true]);
    assert.deepEqual(isReached("body bytes", withRun({ bytesRatio: 1.02 }, "slow-link")), [false]);
    const [bar] = barsNamed(
      "body bytes",
      withRun({ contender: "reference-like", bytesRatio: 1.4 }, "slow-link"),
    );
    assert.equal(bar?.seen, "1.001 (reference-like 1.400, on the link 1.050)");
  });
});

describe("the bar of latency", () => {
  const won = (times: number) =>
    exampleResult("latency-bound", { agent: five(4), "pool 1": five(4 * times) });

  it("is 2.2 times, with a goal of 2.5, and neither is a gate of the full bench", () => {
    const reached = (times: number) => isReached("one by one", won(times));
    assert.deepEqual(
      [reached(2.1), reached(2.3), reached(2.6)],
      [
        [false, false],
        [true, false],
        [true, true],
      ],
    );
    assert.deepEqual(
      barsNamed("one by one", won(2.3)).map(({ bar, isGate }) => [bar, isGate]),
      [
        ["2.2 times", false],
        ["goal: 2.5 times", false],
      ],
    );
  });

  it("has a margin of 1.5 in the quick bench, where it is a gate", () => {
    assert.deepEqual(
      [isReached("one by one", won(1.4), true), isReached("one by one", won(1.5), true)],
      [[false], [true]],
    );
    assert.deepEqual(
      barsNamed("one by one", won(2), true).map(({ bar, isGate }) => [bar, isGate]),
      [["1.467 times (upper end of the interval)", true]],
    );
  });

  it("is missed in the quick bench only where even the interval's upper end is below it", () => {
    const times = (alone: readonly number[]) =>
      exampleResult("latency-bound", { agent: [1, 1], "pool 1": alone });
    assert.deepEqual(isReached("one by one", times([1.2, 1.5]), true), [true]);
    assert.deepEqual(isReached("one by one", times([1.2, 1.4]), true), [false]);
    assert.deepEqual(
      isReached("one by one", exampleResult("latency-bound", { agent: [1], "pool 1": [1.4] }), true),
      [false],
    );
  });

  it("is there with no other scenario", () =>
    assert.deepEqual(
      isReached("one by one", exampleResult("link-bound", { agent: five(4), "pool 1": five(4) })),
      [],
    ));
});

describe("isWorthAnotherTry()", () => {
  const slow = exampleResult("latency-bound", { agent: five(4), "pool 1": five(4) });

  it("is so where time alone misses its gate", () => assert.equal(isWorthAnotherTry(slow), true));

  it("is not so where every gate is reached", () =>
    assert.equal(
      isWorthAnotherTry(exampleResult("latency-bound", { agent: five(4), "pool 1": five(9) })),
      false,
    ));

  it("is not so where a count is wrong, which no machine is to blame for", () => {
    const runs = slow.runs.map((run) => ({ ...run, pullImageCalls: 5 }));
    assert.equal(isWorthAnotherTry({ ...slow, runs }), false);
  });
});

describe("orderNotes()", () => {
  it("says what each order took beside the list's own", () =>
    assert.deepEqual(
      orderNotes(exampleResult("straggler", { agent: five(4), "large first": five(3), "pool 1": five(9) })),
      ["straggler: large first took 0.75 (0.73 to 0.77 at 96 %) times as long as the order of the list"],
    ));

  it("has nothing to say where no order has run", () =>
    assert.deepEqual(orderNotes(exampleResult("straggler", { agent: five(4) })), []));
});
