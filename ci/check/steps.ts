import { existsSync, readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { runBiome } from "../biome.ts";
import { ensureParts } from "../cluster/cluster.ts";
import type { Log } from "../cluster/log.ts";
import { generatedFiles } from "../generate/generated-files.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { runTestFiles, type TestTotals } from "../test-runner.ts";

/** One thing that has to be right; `run` throws an Error that says what is wrong, and how to mend it. */
export interface Step {
  readonly name: string;
  readonly run: (log: Log) => Promise<void>;
}

/** What takes no cluster and no root, quickest first. */
export const steps: readonly Step[] = [
  { name: "generated files", run: generatedFilesAreFresh },
  { name: "format and lint", run: () => runBiome("ci", "--error-on-warnings") },
  {
    name: "types",
    run: async () => void (await runCommand(join(root, "node_modules/.bin/tsc"), ["--project", root])),
  },
];

/** Runs the unit tests, the chart's among them, and says how they ended. Rejects once `signal` aborts. */
export async function runUnitTests(log: Log, signal: AbortSignal): Promise<TestTotals> {
  const folders = await ensureParts(["helm", "chart-tools"], log);
  const PATH = [...folders, process.env.PATH].join(":");
  return runTestFiles(await testFiles((path) => !path.endsWith(".e2e.test.ts")), {
    concurrency: 2,
    timeoutMs: 60_000,
    env: { PATH },
    signal,
  });
}

/** Absolute paths of the project's test files that are `wanted`, in a fixed order. */
export async function testFiles(wanted: (path: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  for await (const path of glob("{agent,ci}/**/*.test.ts", { cwd: root })) found.push(join(root, path));
  return found.filter(wanted).sort();
}

async function generatedFilesAreFresh(log: Log): Promise<void> {
  for (const { path, text } of await generatedFiles(log)) {
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    throw new Error(`${path} is not what it is made from says: \`npm run generate\` writes it anew`);
  }
}
