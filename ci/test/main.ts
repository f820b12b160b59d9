// `npm test`: what takes no cluster first, then the stories on a cluster of their own. Nothing runs or is left afterwards.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { check } from "../check/check.ts";
import { testFiles } from "../check/steps.ts";
import { down, MissingRequirements } from "../cluster/cluster.ts";
import { withFileLock } from "../cluster/file-lock.ts";
import { clustersFolder } from "../cluster/folders.ts";
import { isGreen, runTestFiles, type TestTotals, totalsLine } from "../test-runner.ts";
import { prepareStories, storyCluster } from "./prepare-stories.ts";
import { refuseWhereNoClusterCanRun } from "./requirements.ts";

// Stories mostly wait for nodes; with more than this at once on 2 cores they wait for each other.
const storiesAtOnce = 4;

// With an empty cache the README's story builds and starts a demo of its own.
const storyLimitMs = 600_000;

const log = (line: string) => void process.stdout.write(`${line}\n`);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
}

try {
  const { values } = parseArgs({ options: { only: { type: "string" } }, allowPositionals: false });
  refuseWhereNoClusterCanRun();
  const checked = values.only === undefined ? await check() : nothing();
  if (values.only === undefined && !isGreen(checked)) {
    log(`\n${totalsLine(checked)}`);
    process.exitCode = 1;
  } else {
    const lock = join(clustersFolder(), `${storyCluster}-run.lock`);
    const told = await withFileLock(lock, () => tellStories(values.only), log);
    const all = sum(checked, told);
    log(`\n${totalsLine(all)}`);
    process.exitCode = isGreen(all) ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof MissingRequirements) && !interrupted.signal.aborted) throw error;
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function tellStories(only: string | undefined): Promise<TestTotals> {
  // What a run left that was killed.
  await down({ name: storyCluster, log: () => {} });
  try {
    await prepareStories(log, interrupted.signal);
    const isWanted = (path: string) => path.endsWith(".e2e.test.ts") && path.includes(only ?? "");
    return await runTestFiles(await testFiles(isWanted), {
      concurrency: storiesAtOnce,
      timeoutMs: storyLimitMs,
      env: { PREFETCHER_TEST_CLUSTER: storyCluster },
      signal: interrupted.signal,
    });
  } finally {
    await down({ name: storyCluster, log });
  }
}

function nothing(): TestTotals {
  return { passed: 0, failed: 0, skipped: 0 };
}

function sum(a: TestTotals, b: TestTotals): TestTotals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
