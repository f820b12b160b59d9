// `npm run mutate`: changes the agent's core in one place after the other and looks whether a test fails. It takes
// minutes, so neither `npm test` nor `npm run check` does it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { missingPrograms } from "../cluster/install/host-programs.ts";
import { interruption } from "../interruption.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { runMain } from "../run-main.ts";
import { coreFiles } from "./core-files.ts";
import { runStryker } from "./run-stryker.ts";
import { scoreOf, tallyOf } from "./stryker-report.ts";
import { summaryOf } from "./summary.ts";

// The score that this project has set itself, in percent.
const threshold = 85;

// Below the checkout; git passes it over.
const folder = "reports/mutation";

await runMain(async () => {
  const { values } = parseArgs({
    options: { only: { type: "string", multiple: true } },
    allowPositionals: false,
  });
  refuseWithoutPs();
  const commit = await commitOfSources();
  const startMs = performance.now();
  const files = await coreFiles(values.only);
  process.stdout.write(
    `${files.sources.length} files are mutated; first all ${files.tests.length} test files run without a change\n`,
  );
  const report = await runStryker(files, interruption());
  const facts = {
    commit,
    finishedAt: new Date().toISOString(),
    minutes: (performance.now() - startMs) / 60_000,
    threshold,
  };
  const summary = summaryOf(report, facts);
  await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, folder, "report.json"), JSON.stringify({ ...report, ...facts }));
  await writeFile(join(root, folder, "summary.txt"), summary);
  process.stdout.write(`\n${summary}\n${folder} has this text and Stryker's report\n`);
  const score = scoreOf(tallyOf(Object.values(report.files).flatMap((file) => file.mutants)));
  process.exitCode = score < threshold ? 1 : 0;
});

/** Stryker finds the processes of a mutant that ran out of time by `ps`. */
function refuseWithoutPs(): void {
  if (missingPrograms([{ file: "ps", package: "procps" }]).length === 0) return;
  throw new Error(
    "`ps` ends what a mutant has kept from ending, and this machine has none; Debian's package procps has it",
  );
}

async function commitOfSources(): Promise<string> {
  const git = async (...args: readonly string[]) =>
    (await runCommand("git", args, { cwd: root })).stdout.trim();
  try {
    const commit = await git("rev-parse", "HEAD");
    return (await git("status", "--porcelain")) === "" ? commit : `${commit} with changes`;
  } catch {
    // An archive of the sources has no history.
    return "unknown";
  }
}
