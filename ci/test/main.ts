// `npm test`: what takes no cluster first, then the stories on clusters of their own. Nothing runs or is left afterwards.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { check } from "../check/check.ts";
import { testFiles } from "../check/steps.ts";
import { withFileLock } from "../cluster/file-lock.ts";
import { clustersFolder } from "../cluster/folders.ts";
import { clearFaults, faultTableOfRun } from "../e2e/support/fault-table.ts";
import { interruption } from "../interruption.ts";
import { runMain } from "../run-main.ts";
import { isGreen, runTestFiles, type TestTotals, totalsLine } from "../test-runner.ts";
import { downStoryClusters } from "./down-story-clusters.ts";
import { buildAhead, prepareStories } from "./prepare-stories.ts";
import { refuseWhereNoClusterCanRun } from "./requirements.ts";
import { storyClusters } from "./story-clusters.ts";

// Stories mostly wait for nodes. With four at once two cores took 20 s off twenty minutes, and what a story gives two seconds to took longer.
const storiesAtOnce = 3;

const measurements = [
  "/agent/memory.e2e.test.ts",
  "/ci/bench/bench-quick.e2e.test.ts",
  "/ci/e2e/status-thousands.e2e.test.ts",
];

// The bench has a limit of its own, of 20 minutes, and takes its cluster down at its end.
const measurementLimitMs = 25 * 60_000;

// With an empty cache the README's story builds and starts a demo of its own.
const storyLimitMs = 600_000;

const log = (line: string) => void process.stdout.write(`${line}\n`);
const interrupted = interruption();

await runMain(async () => {
  const { values } = parseArgs({ options: { only: { type: "string" } }, allowPositionals: false });
  refuseWhereNoClusterCanRun();
  const checked = values.only === undefined ? await check(interrupted) : nothing();
  if (values.only === undefined && !isGreen(checked)) {
    log(`\n${totalsLine(checked)}`);
    process.exitCode = 1;
    return;
  }
  const lock = join(clustersFolder(), `${storyClusters.scenes}-run.lock`);
  const told = await withFileLock(lock, () => tellStories(values.only), log, interrupted);
  const all = sum(checked, told);
  log(`\n${totalsLine(all)}`);
  process.exitCode = isGreen(all) ? 0 : 1;
});

/** What measures memory or times, with nothing beside it: on a busy machine it would say more of the machine. */
async function measure(only: string | undefined): Promise<TestTotals> {
  const isWanted = (path: string) => isMeasurement(path) && path.includes(only ?? "");
  const files = await testFiles(isWanted);
  if (files.length === 0) return nothing();
  return runTestFiles(files, { concurrency: 1, timeoutMs: measurementLimitMs, signal: interrupted });
}

function isMeasurement(path: string): boolean {
  return measurements.some((measurement) => path.endsWith(measurement));
}

async function tellStories(only: string | undefined): Promise<TestTotals> {
  // What a run left that was killed.
  await downStoryClusters();
  await buildAhead(log, interrupted);
  try {
    const measured = await measure(only);
    const isStory = (path: string) => path.endsWith(".e2e.test.ts") && !isMeasurement(path);
    const files = await testFiles((path) => isStory(path) && path.includes(only ?? ""));
    if (files.length === 0) return measured;
    await prepareStories(storyClusters.scenes, log, interrupted);
    clearFaults();
    const totals = await runTestFiles(files, {
      concurrency: storiesAtOnce,
      timeoutMs: storyLimitMs,
      env: { PREFETCHER_TEST_CLUSTER: storyClusters.scenes },
      signal: interrupted,
    });
    const faults = await faultTableOfRun();
    if (faults !== undefined) log(`\n${faults}`);
    return sum(measured, totals);
  } finally {
    await downStoryClusters();
    log("the stories' clusters are down");
  }
}

function nothing(): TestTotals {
  return { passed: 0, failed: 0, skipped: 0 };
}

function sum(a: TestTotals, b: TestTotals): TestTotals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
