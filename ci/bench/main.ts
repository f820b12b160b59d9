// `npm run bench`: measures the agent, prints tables and bars, and writes the figures to a file.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, parse, resolve } from "node:path";
import { withFileLock } from "../cluster/file-lock.ts";
import { clustersFolder } from "../cluster/folders.ts";
import { interruption } from "../interruption.ts";
import { root } from "../root.ts";
import { runMain } from "../run-main.ts";
import { refuseWhereNoClusterCanRun } from "../test/requirements.ts";
import { areas } from "./areas.ts";
import { type BenchFlags, benchFlagsFrom } from "./bench-flags.ts";
import { circumstances } from "./circumstances.ts";
import { listText } from "./list-text.ts";
import { PartlyMeasured } from "./partly-measured.ts";
import { reportText } from "./report.ts";
import { resultName } from "./result-name.ts";
import type { Section } from "./section.ts";
import { missedGates, sectionText } from "./section-text.ts";
import { transferScenarios } from "./transfer/scenarios.ts";
import { wantedAreas } from "./wanted-areas.ts";

const log = (line: string) => void process.stdout.write(`${line}\n`);

await runMain(async () => {
  const flags = await benchFlagsFrom(process.argv.slice(2));
  if (flags.isList) {
    process.stdout.write(listText(flags, process.stdout.columns));
    return;
  }
  const scenarios = transferScenarios(flags.isQuick).map(({ name }) => name);
  const wanted = wantedAreas(flags.only, scenarios);
  refuseWhereNoClusterCanRun("npm run bench");
  const interrupted = interruption();
  const lock = join(clustersFolder(), "bench-run.lock");
  const sections = await withFileLock(lock, () => measure(flags, wanted, interrupted), log, interrupted);
  const missed = missedGates(sections);
  if (missed.length === 0) return;
  log(`\nmissed: ${missed.map(({ what }) => what).join("; ")}`);
  process.exitCode = 1;
});

/**
 * Runs the areas one after the other. What has been measured is printed and in the file, also where an area fails: the others run all the
 * same, and the first failure is thrown at the end.
 */
async function measure(
  flags: BenchFlags,
  wanted: ReturnType<typeof wantedAreas>,
  signal: AbortSignal,
): Promise<readonly Section[]> {
  const startMs = performance.now();
  const { isQuick, only, repeats, seed } = flags;
  const found = await circumstances();
  const file = resolve(flags.json ?? join(root, "bench-results", `${resultName(found.commit, flags)}.json`));
  await mkdir(dirname(file), { recursive: true });
  // An area makes it once it has something to leave.
  const folder = join(dirname(file), `${parse(file).name}-files`);
  const options = { isQuick, repeats: repeats ?? null, only: only ?? null, seed };
  const sections: Section[] = [];
  const minutes = () => Number(((performance.now() - startMs) / 60_000).toFixed(1));
  const keep = async (section: Section) => {
    sections.push(section);
    process.stdout.write(`\n${sectionText(section, process.stdout.columns)}\n`);
    await writeFile(file, reportText({ ...found, minutes: minutes(), options, sections }));
  };
  const failures: Error[] = [];
  for (const { area, part } of wanted) {
    signal.throwIfAborted();
    const run = () => areas[area]({ isQuick, repeats, only: part, seed, folder, log, signal });
    const { section, failure } = await ended(run);
    if (section !== undefined) await keep(section);
    if (failure === undefined) continue;
    failures.push(failure);
    log(`${area} failed: ${failure.message}`);
  }
  if (sections.length > 0) log(`the figures are in ${file}; it took ${minutes()} minutes`);
  if (failures.length > 0) throw failures[0];
  return sections;
}

/** What an area came to, whether or not it failed. */
async function ended(
  run: () => Promise<Section>,
): Promise<{ readonly section?: Section; readonly failure?: Error }> {
  try {
    return { section: await run() };
  } catch (error) {
    if (error instanceof PartlyMeasured) return { section: error.section, failure: error.failure };
    return { failure: error as Error };
  }
}
