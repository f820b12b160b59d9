import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exampleResult } from "./example-result.ts";
import { transferSection } from "./transfer-section.ts";

const contenders = ["agent", "pool 1", "large first"].map((name) => ({ name, about: `what ${name} is` }));

describe("transferSection()", () => {
  const results = [
    exampleResult("latency-bound", { agent: [4, 4], "pool 1": [9, 9] }),
    exampleResult("slow-link", { agent: [4, 4] }),
  ];
  const section = transferSection(results, contenders, false);

  it("has a table for each scenario, the bars of all, and every run", () => {
    assert.deepEqual(
      section.tables.map(({ title }) => title.split(" ")[0]),
      ["latency-bound", "slow-link"],
    );
    assert.equal(section.bars.filter(({ what }) => what.endsWith("PullImage calls of the agent")).length, 2);
    assert.equal(section.bars.filter(({ what }) => what.endsWith("as fast as one by one")).length, 2);
    assert.deepEqual(section.data, results);
  });

  it("tells who has run, and not who has not", () => {
    assert.ok(section.notes.includes("pool 1: what pool 1 is"));
    assert.ok(!section.notes.some((note) => note.startsWith("large first")));
    const withOrder = transferSection(
      [exampleResult("straggler", { agent: [4, 4], "large first": [3, 3] })],
      contenders,
      false,
    );
    assert.ok(withOrder.notes.some((note) => note.startsWith("straggler: large first took 0.75 ")));
  });

  it("tells that a scenario was run once more, what its first try missed, and keeps that one's runs", () => {
    const firstTry = exampleResult("latency-bound", { agent: [4, 4], "pool 1": [4, 4] });
    const again = { ...exampleResult("latency-bound", { agent: [4, 4], "pool 1": [9, 9] }), firstTry };
    const { notes, bars, data } = transferSection([again], contenders, true);
    const note =
      "latency-bound: this is its second try, the first missed: as fast as one by one, 1.00 (1.00 to 1.00 at 66 %) times";
    assert.ok(notes.includes(note), notes.join("\n"));
    assert.ok(bars.every(({ isReached }) => isReached));
    assert.deepEqual(data, [again]);
  });

  it("goes by the quick bench's bars where it is one", () =>
    assert.equal(
      transferSection(results, contenders, true).bars.find(({ what }) => what.endsWith("one by one"))?.bar,
      "1.467 times (upper end of the interval)",
    ));
});
