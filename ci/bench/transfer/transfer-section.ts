import type { Section } from "../section.ts";
import { orderNotes, transferBars } from "./transfer-bars.ts";
import { type ScenarioResult, transferTable } from "./transfer-table.ts";
import type { Contender } from "./transfer-types.ts";

/** The scenarios' tables and bars, and in the notes what they are, who has run in them, and what the orders of starting won. */
export function transferSection(
  results: readonly ScenarioResult[],
  contenders: readonly Pick<Contender, "name" | "about">[],
  isQuick: boolean,
): Section {
  const hasRun = new Set(results.flatMap(({ runs }) => runs.map(({ contender }) => contender)));
  return {
    name: "transfer",
    tables: results.map(transferTable),
    bars: results.flatMap((result) => transferBars(result, isQuick)),
    data: results,
    notes: [
      ...results.map(({ scenario }) => `${scenario.name}: ${scenario.about}`),
      ...contenders.filter(({ name }) => hasRun.has(name)).map(({ name, about }) => `${name}: ${about}`),
      "L: different bytes over the measured rate. U: processor time of gzip and tar for them over the cores. B: the largest of L, U and the longest chain of one image.",
      "Pulling alone is counted from the first PullImage call; bytes on the link are over the unique ones, headers included.",
      "Contenders are compared by the rounds in which both have run. Figures are medians; in brackets least and greatest, of ratios the interval of the rank sum test with its confidence.",
      ...results.flatMap(orderNotes),
      ...results.flatMap(firstTryNote),
    ],
  };
}

/** A quick scenario's result by its second try, with what the first one missed. */
function firstTryNote({ scenario, firstTry }: ScenarioResult): readonly string[] {
  if (firstTry === undefined) return [];
  const missed = transferBars(firstTry, true)
    .filter(({ isReached }) => !isReached)
    .map(({ what, seen }) => `${what.replace(`${scenario.name}: `, "")}, ${seen}`);
  return [`${scenario.name}: this is its second try, the first missed: ${missed.join("; ")}`];
}
