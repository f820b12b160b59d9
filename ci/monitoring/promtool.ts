import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandOutput, runCommand } from "../run-command.ts";
import { ensurePrometheus } from "./prometheus-programs.ts";
import { type RuleFile, ruleFileText } from "./rule-file.ts";

/** What promtool says of the rules, which it reads strictly; rejects with that where one of them is wrong. */
export function checkRules(rules: RuleFile): Promise<CommandOutput> {
  return promtool(["check", "rules", "rules.json"], { "rules.json": ruleFileText(rules) });
}

/** Has promtool run the tests, as its own file format has them, over the rules; rejects with what differs. */
export function testRules(rules: RuleFile, tests: object): Promise<CommandOutput> {
  const file = JSON.stringify({ rule_files: ["rules.json"], evaluation_interval: "1m", tests: [tests] });
  return promtool(["test", "rules", "tests.json"], { "rules.json": ruleFileText(rules), "tests.json": file });
}

async function promtool(args: readonly string[], files: Readonly<Record<string, string>>) {
  const programs = await ensurePrometheus(() => {});
  const folder = await mkdtemp(join(tmpdir(), "promtool-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await runCommand(join(programs, "promtool"), args, { cwd: folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}
