import type { Random } from "../seeded-random.ts";
import { measureBounds } from "./bounds.ts";
import type { BenchLab } from "./lab-types.ts";
import { measureRun, uniqueBlobs, uniqueBytes } from "./measure-run.ts";
import { type PlannedRun, runOrder } from "./run-order.ts";
import type { ScenarioResult } from "./transfer-table.ts";
import type { Contender, TransferRun, TransferScenario } from "./transfer-types.ts";
import { turnsOf } from "./turns-of.ts";

/** What scenarios are run with. */
export interface ScenarioContext {
  readonly lab: BenchLab;
  readonly contenders: ReadonlyMap<string, Contender>;
  readonly isQuick: boolean;
  readonly repeats: number | undefined;
  readonly random: Random;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Sets the scenario up, measures what bounds it, and lets its contenders run in turn, after a run that is not recorded. Throws where one of them fails or is not known. The
 * link is as it was afterwards.
 */
export async function runScenario(
  context: ScenarioContext,
  scenario: TransferScenario,
): Promise<ScenarioResult> {
  const { lab, log, signal } = context;
  const startMs = performance.now();
  const images = await lab.pushImages(scenario);
  try {
    await lab.setLink(scenario.rateMbit);
    lab.setDelay(scenario.delayMs);
    const bounds = await measureBounds(lab, images, { delayMs: scenario.delayMs, signal });
    log(`${scenario.name}: its images are in the registry, B is ${bounds.bound.toFixed(2)} s`);
    const measure = async (planned: PlannedRun) => {
      signal.throwIfAborted();
      const contender = context.contenders.get(planned.contender);
      if (contender === undefined) throw new Error(`no contender is called ${planned.contender}`);
      const run = await measureRun({ lab, scenario: scenario.name, images, signal }, contender, planned);
      const when = run.round === 0 ? "to warm up" : `round ${run.round}`;
      log(`${scenario.name}, ${when}: ${run.contender} took ${run.seconds.toFixed(2)} s`);
      return run;
    };
    const [first, ...others] = scenario.contenders;
    // What a scenario's beginning has slow, such as files that nobody has read yet, would else be one contender's.
    if (first !== undefined && others.length > 0) await measure({ contender: first, round: 0 });
    const runs: TransferRun[] = [];
    for (const planned of runOrder(turnsOf(scenario, context), context.random)) {
      runs.push(await measure(planned));
    }
    await lab.removeAll(images);
    log(`${scenario.name} took ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
    const { name, about, rateMbit, delayMs, contenders } = scenario;
    return {
      scenario: { name, about, rateMbit, delayMs, contenders },
      imageCount: images.length,
      blobCount: uniqueBlobs(images),
      uniqueBytes: uniqueBytes(images),
      bounds,
      runs,
    };
  } finally {
    lab.setDelay(0);
    await lab.setLink(undefined);
  }
}
