import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { BenchOptions } from "../section.ts";
import { herdFleets } from "./herd-plan.ts";
import type { HerdRun } from "./herd-run.ts";
import { durationText } from "./herd-tables.ts";
import { runHerd } from "./run-herd.ts";

const options: BenchOptions = {
  isQuick: false,
  repeats: undefined,
  only: undefined,
  seed: 1,
  folder: "/nowhere",
  log: () => {},
  signal: new AbortController().signal,
};
const readme = readFileSync(join(import.meta.dirname, "../../../charts/prefetcher/README.md.gotmpl"), "utf8");

describe("runHerd()", () => {
  it("reaches every bar, whatever order the pods start in", async () => {
    for (const seed of [1, 2, 3]) {
      const { bars } = await runHerd({ ...options, seed });
      assert.equal(bars.length, 6);
      assert.deepEqual(
        bars.filter(({ isReached, isGate }) => !isReached || !isGate),
        [],
      );
    }
  });

  it("comes to the same each time", async () =>
    assert.deepEqual(await runHerd(options), await runHerd(options)));

  it("shows that a window lowers the peak, and that a registry with a bound takes as long without one", async () => {
    const runs = (await runHerd({ ...options, only: "herd of 5000" })).data as readonly HerdRun[];
    const peakOf = (window: number) =>
      runs.find((run) => !run.isBounded && run.window === window)?.peak ?? Number.NaN;
    assert.ok(peakOf(0) / peakOf(600) > 2 && peakOf(600) / peakOf(3_600) > 2);
    assert.ok(peakOf(3_600) / peakOf(10_800) > 1.5);
    const [without] = runs.filter(({ isBounded, window }) => isBounded && window === 0);
    const [own] = runs.filter(({ isBounded, isOwnWindow }) => isBounded && isOwnWindow);
    assert.ok(without !== undefined && own !== undefined);
    assert.equal(without.mostAtOnce, 5_000);
    assert.ok(own.mostAtOnce < 100 && own.slowestSeconds < without.slowestSeconds / 50);
  });

  it("has the windows that the chart's README has", () => {
    for (const { nodes, window } of herdFleets)
      assert.match(
        readme,
        new RegExp(`^\\| ${nodes.toLocaleString("en")} \\|.* \`${durationText(window)}\` \\|`, "m"),
      );
  });

  it("refuses a part that it has not, since nothing that ran would look like all well", async () =>
    assert.rejects(runHerd({ ...options, only: "typo" }), /no part typo: herd of 100, .* herd of 10000$/));

  it("ends where it is told to", async () =>
    assert.rejects(
      runHerd({ ...options, signal: AbortSignal.abort(new Error("told to end")) }),
      /told to end/,
    ));
});

describe("durationText()", () => {
  const texts: readonly [seconds: number, text: string][] = [
    [0, "0s"],
    [59.6, "1m"],
    [2_100, "35m"],
    [3_601, "1h"],
    [10_200, "2h50m"],
    [75, "1m15s"],
  ];
  for (const [seconds, text] of texts)
    it(`writes ${seconds} s as ${text}`, () => assert.equal(durationText(seconds), text));
});
