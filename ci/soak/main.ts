// `npm run soak`: the fault stories once more, with the waits that the agent is shipped with, and nothing beside them.

import { join } from "node:path";
import { testFiles } from "../check/steps.ts";
import { down } from "../cluster/cluster.ts";
import { clearFaults, faultTableOfRun } from "../e2e/support/fault-table.ts";
import { interruption } from "../interruption.ts";
import { runMain } from "../run-main.ts";
import { prepareStories } from "../test/prepare-stories.ts";
import { refuseWhereNoClusterCanRun } from "../test/requirements.ts";
import { isGreen, runTestFiles, totalsLine } from "../test-runner.ts";

const clusterName = "soak";

const stories = ["registry-faults", "held-registries", "api-server-faults", "runtime-faults", "disk-space"];

// With the shipped waits a throttled registry alone takes two minutes.
const storyPatience = 6;
const storyLimitMs = 1_800_000;

const log = (line: string) => void process.stdout.write(`${line}\n`);
const interrupted = interruption();

await runMain(async () => {
  refuseWhereNoClusterCanRun();
  await down({ name: clusterName });
  try {
    await prepareStories(clusterName, log, interrupted);
    clearFaults();
    const isWanted = (path: string) => stories.some((story) => path.endsWith(`/${story}.e2e.test.ts`));
    const files = [...(await testFiles(isWanted)), join(import.meta.dirname, "black-hole.soak.ts")];
    const totals = await runTestFiles(files, {
      concurrency: 1,
      timeoutMs: storyLimitMs,
      env: {
        PREFETCHER_TEST_CLUSTER: clusterName,
        PREFETCHER_BACKOFF_SCALE: "1",
        PREFETCHER_STORY_PATIENCE: String(storyPatience),
      },
      signal: interrupted,
    });
    log(`\n${(await faultTableOfRun()) ?? "no fault was recorded"}`);
    log(`\n${totalsLine(totals)}`);
    process.exitCode = isGreen(totals) ? 0 : 1;
  } finally {
    await down({ name: clusterName });
    log("the cluster is down");
  }
});
