import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../root.ts";
import type { CoreFiles } from "./core-files.ts";
import { runInGroup } from "./run-in-group.ts";
import type { StrykerReport } from "./stryker-report.ts";

// A test that waits for what a mutant keeps from coming fails then. The slowest takes half a second on an idle machine.
const testTimeoutMs = 5_000;

// By how much a file of tests may outlast its run without a mutant. What is left is busy in a loop, and is killed.
const fileTimeoutMs = 15_000;

/**
 * Tries every mutant of the sources against those of the tests that run its line, and says what became of each.
 * Progress goes to stdout. Stryker's copy of the sources lies in the machine's folder for temporary files and is gone
 * at the end, as is every process. Throws where the tests fail without a mutant.
 */
export async function runStryker(files: CoreFiles, signal: AbortSignal): Promise<StrykerReport> {
  const folder = await mkdtemp(join(tmpdir(), "mutate-"));
  try {
    const config = join(folder, "stryker.json");
    const report = join(folder, "report.json");
    await writeFile(config, JSON.stringify(strykerOptions(files, join(folder, "sandbox"), report)));
    // The runner of tests starts whatever `node` the PATH has.
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
    const stryker = join(root, "node_modules/@stryker-mutator/core/bin/stryker.js");
    const code = await runInGroup(process.execPath, [stryker, "run", config], { cwd: root, env, signal });
    if (code !== 0) throw new Error("Stryker did not come to its end; its messages are above");
    return JSON.parse(await readFile(report, "utf8"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function strykerOptions({ sources, tests }: CoreFiles, tempDirName: string, report: string) {
  return {
    mutate: sources,
    plugins: ["@stryker-mutator/tap-runner"],
    testRunner: "tap",
    // A process for each test file: what a mutant does while the files are loaded is seen as well.
    coverageAnalysis: "perTest",
    tap: {
      testFiles: tests,
      nodeArgs: [
        "--test-reporter=tap",
        `--test-timeout=${testTimeoutMs}`,
        "--require={{hookFile}}",
        "{{testFile}}",
      ],
    },
    concurrency: availableParallelism(),
    timeoutMS: fileTimeoutMs,
    // What the tests read; node_modules is linked.
    ignorePatterns: ["**", "!agent/**", "!ci/**", "!charts/**", "!package.json"],
    tempDirName,
    // Stryker would rewrite it by the API of an older TypeScript; nothing reads it here.
    tsconfigFile: "none",
    // Stryker's dashboard is the one reporter that would send something away; `break` is judged by the caller.
    reporters: ["json", process.stdout.isTTY ? "progress" : "progress-append-only"],
    jsonReporter: { fileName: report },
    // Its last words name files of the folder that is gone by then.
    logLevel: "warn",
    thresholds: { break: null },
    allowConsoleColors: process.stdout.isTTY === true,
  };
}
