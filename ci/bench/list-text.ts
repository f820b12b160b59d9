import { grid } from "../../agent/grid.ts";
import { transferScenarios } from "./transfer/scenarios.ts";
import { turnsOf } from "./transfer/turns-of.ts";
import { areaNames } from "./wanted-areas.ts";

/** What `--list` prints: the areas, and of each transfer scenario what it is like, who runs, and how often. */
export function listText(
  options: { readonly isQuick: boolean; readonly repeats: number | undefined },
  width: number | undefined,
): string {
  const scenarios = transferScenarios(options.isQuick).flatMap((scenario) => {
    const turns = turnsOf(scenario, options).map(({ contender, repeats }) => `${contender} x ${repeats}`);
    return [
      [scenario.name, scenario.about],
      ["", turns.join(", ")],
    ];
  });
  return `areas: ${areaNames.join(", ")}\n\ntransfer scenarios:\n${grid(scenarios, width)}\n`;
}
