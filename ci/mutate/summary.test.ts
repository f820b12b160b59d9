import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Mutant, type MutatedFile, scoreOf, tallyOf } from "./stryker-report.ts";
import { summaryOf } from "./summary.ts";

const source = "const a = 1;\nif (a > 0) {\n  run(a);\n}\n";

function mutant(status: string, replacement = "false"): Mutant {
  return { status, replacement, location: { start: { line: 2, column: 5 }, end: { line: 2, column: 10 } } };
}

function fileOf(...mutants: readonly Mutant[]): MutatedFile {
  return { source, mutants };
}

describe("scoreOf()", () => {
  it("is the share of killed and timed-out mutants among the valid ones", () => {
    const mutants = ["Killed", "Timeout", "Survived", "NoCoverage", "RuntimeError", "CompileError"];
    assert.equal(scoreOf(tallyOf(mutants.map((status) => mutant(status)))), 50);
  });

  it("is 100 where nothing can be mutated", () => assert.equal(scoreOf(tallyOf([])), 100));
});

describe("tallyOf()", () => {
  it("refuses a status that it would have to leave out", () => {
    assert.throws(() => tallyOf([mutant("Pending")]), /Pending/);
  });
});

describe("summaryOf()", () => {
  const facts = { commit: "0123456", finishedAt: "2026-11-22T17:00:00.000Z", minutes: 1.25, threshold: 85 };

  it("has score, commit, date, a row for each file, and each mutant that no test found", () => {
    const block: Mutant = {
      status: "NoCoverage",
      replacement: "{}",
      location: { start: { line: 2, column: 12 }, end: { line: 4, column: 2 } },
    };
    const files = {
      "agent/b.ts": fileOf(mutant("Killed"), mutant("Survived"), block),
      "agent/a.ts": fileOf(),
    };
    assert.equal(
      summaryOf({ files }, facts),
      `mutation score 33.3 % (at least 85 % is wanted), 3 mutants in 1.3 minutes
commit 0123456, 2026-11-22T17:00:00.000Z

  score  killed  timed out  survived  not covered  invalid  file
  100.0       0          0         0            0        0  agent/a.ts
   33.3       1          0         1            1        0  agent/b.ts
   33.3       1          0         1            1        0  all

found by no test:
agent/b.ts:2
  - if (a > 0) {
  + if (false) {
agent/b.ts:2 (no test runs it)
  - if (a > 0) { run(a); }
  + if (a > 0) {}
`,
    );
  });

  it("says so where every mutant was found", () => {
    const files = { "agent/a.ts": fileOf(mutant("Killed"), mutant("Timeout")) };
    assert.match(summaryOf({ files }, facts), /^mutation score 100\.0 %[\s\S]*\nevery mutant was found\n$/);
  });

  it("never rounds a score up to the threshold", () => {
    const mutants = [...Array(8_499).fill(mutant("Killed")), ...Array(1_501).fill(mutant("Survived"))];
    assert.match(
      summaryOf({ files: { "agent/a.ts": fileOf(...mutants) } }, facts),
      /^mutation score 84\.9 %/,
    );
  });
});
