import type { BenchOptions, Section } from "../section.ts";
import { seededRandom } from "../seeded-random.ts";
import { openContenders } from "./contenders/contenders.ts";
import { openBenchLab } from "./lab.ts";
import { runScenario } from "./run-scenario.ts";
import { transferScenarios } from "./scenarios.ts";
import { isWorthAnotherTry } from "./transfer-bars.ts";
import { transferSection } from "./transfer-section.ts";
import type { ScenarioResult } from "./transfer-table.ts";

/**
 * Pulls the images of each scenario with each of its contenders, on a node of a cluster of that name, which is gone afterwards. Throws where a
 * contender fails, and where no scenario's name begins as `only` says. A quick scenario that was merely too slow runs once more.
 */
export async function runTransfer(options: BenchOptions, clusterName = "bench"): Promise<Section> {
  const { isQuick, repeats, only = "", seed, log, signal } = options;
  const scenarios = transferScenarios(isQuick).filter(({ name }) => name.startsWith(only));
  if (scenarios.length === 0) throw new Error(`no transfer scenario's name begins with ${only}`);
  await using lab = await openBenchLab({ name: clusterName, log, signal });
  await using contenders = await openContenders(lab);
  const random = seededRandom(seed);
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    const context = { lab, contenders: contenders.byName, isQuick, repeats, random, log, signal };
    const result = await runScenario(context, scenario);
    const isOnceMore = isQuick && isWorthAnotherTry(result);
    if (isOnceMore) log(`${scenario.name} was too slow: once more, since the machine may have been busy`);
    results.push(isOnceMore ? await runScenario(context, scenario) : result);
  }
  return transferSection(results, [...contenders.byName.values()], isQuick);
}
