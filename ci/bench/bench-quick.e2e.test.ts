import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { areas } from "./areas.ts";
import { reportFrom } from "./report.ts";
import { transferScenarios } from "./transfer/scenarios.ts";
import type { ScenarioResult } from "./transfer/transfer-table.ts";
import { turnsOf } from "./transfer/turns-of.ts";

// Five minutes by itself, and eight with second tries. A busy machine may take far longer, and another bench is waited for; what is
// gated are counts and ratios.
const limitMs = 20 * 60_000;

/** Runs the bench as a user does, shows what it printed, and says its exit code. Where the test's time is up it takes everything down first. */
async function runBench(test: TestContext, args: readonly string[]): Promise<number | null> {
  const main = join(import.meta.dirname, "main.ts");
  const bench = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const end = () => void bench.kill("SIGTERM");
  test.signal.addEventListener("abort", end);
  let output = "";
  for (const stream of [bench.stdout, bench.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [code] = await once(bench, "close");
  test.signal.removeEventListener("abort", end);
  for (const line of output.trimEnd().split("\n")) test.diagnostic(line);
  return code;
}

describe("npm run bench -- --quick", () => {
  it("reaches every gate, and has every run in its file", { timeout: limitMs }, async (test) => {
    const folder = await mkdtemp(join(tmpdir(), "bench-quick-"));
    test.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "bench.json");
    const code = await runBench(test, ["--quick", "--json", file]);
    const { sections, options } = reportFrom(await readFile(file, "utf8"));
    const missed = sections.flatMap(({ bars }) => bars.filter((bar) => bar.isGate && !bar.isReached));
    assert.deepEqual([code, missed], [0, []]);
    assert.equal(options.isQuick, true);
    assert.deepEqual(
      sections.map(({ name }) => name),
      Object.keys(areas),
    );
    const results = sections[0]?.data as readonly ScenarioResult[];
    const quick = { isQuick: true, repeats: undefined };
    const expected = transferScenarios(true).flatMap((scenario) =>
      turnsOf(scenario, quick).map(
        ({ contender, repeats }) => `${scenario.name}: ${contender} ran ${repeats}`,
      ),
    );
    const seen = results.flatMap(({ scenario, runs }) =>
      scenario.contenders.map((contender) => {
        const count = runs.filter((run) => run.contender === contender && run.seconds > 0).length;
        return `${scenario.name}: ${contender} ran ${count}`;
      }),
    );
    assert.deepEqual(seen, expected);
  });
});
