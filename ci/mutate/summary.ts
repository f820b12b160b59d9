import { type Mutant, type MutatedFile, type StrykerReport, scoreOf, tallyOf } from "./stryker-report.ts";

/** What a run was of. */
export interface RunFacts {
  /** The commit's full name, and whether the files differed from it. */
  readonly commit: string;
  /** When it ended, as ISO 8601. */
  readonly finishedAt: string;
  readonly minutes: number;
  /** The least score that is enough, in percent. */
  readonly threshold: number;
}

// A longer line of code wraps on most screens and says no more.
const maxCodeCharacters = 160;

/** The report as text: the score, a table by file, then every mutant that no test found, with the change. */
export function summaryOf({ files }: StrykerReport, facts: RunFacts): string {
  const all = Object.values(files).flatMap((file) => file.mutants);
  const paths = Object.keys(files).sort();
  const unfound = paths.flatMap((path) => linesOfUnfound(path, files[path]));
  return [
    `mutation score ${percent(scoreOf(tallyOf(all)))} % (at least ${facts.threshold} % is wanted), ` +
      `${all.length} mutants in ${facts.minutes.toFixed(1)} minutes`,
    `commit ${facts.commit}, ${facts.finishedAt}`,
    "",
    ["  score", "killed", "timed out", "survived", "not covered", "invalid", "file"].join("  "),
    ...paths.map((path) => row(path, files[path]?.mutants ?? [])),
    row("all", all),
    "",
    ...(unfound.length === 0 ? ["every mutant was found"] : ["found by no test:", ...unfound]),
    "",
  ].join("\n");
}

function row(name: string, mutants: readonly Mutant[]): string {
  const tally = tallyOf(mutants);
  return [
    percent(scoreOf(tally)).padStart(7),
    String(tally.killed).padStart(6),
    String(tally.timedOut).padStart(9),
    String(tally.survived).padStart(8),
    String(tally.notCovered).padStart(11),
    String(tally.invalid).padStart(7),
    name,
  ].join("  ");
}

/** Rounded down, so that 84.99 never reads as the 85.0 that it is not. */
function percent(score: number): string {
  return (Math.floor(score * 10) / 10).toFixed(1);
}

function linesOfUnfound(path: string, file: MutatedFile | undefined): readonly string[] {
  const unfound = (file?.mutants ?? []).filter(
    ({ status }) => status === "Survived" || status === "NoCoverage",
  );
  return unfound
    .toSorted((a, b) => a.location.start.line - b.location.start.line)
    .flatMap((mutant) => {
      const { before, after } = change(file?.source ?? "", mutant);
      const state = mutant.status === "Survived" ? "" : " (no test runs it)";
      return [`${path}:${mutant.location.start.line}${state}`, `  - ${before}`, `  + ${after}`];
    });
}

/** The lines that a mutant touches, as one line each way. */
function change(source: string, { location: { start, end }, replacement }: Mutant) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  const head = (lines[0] ?? "").slice(0, start.column - 1);
  const tail = (lines.at(-1) ?? "").slice(end.column - 1);
  return { before: oneLine(lines.join("\n")), after: oneLine(head + replacement + tail) };
}

function oneLine(code: string): string {
  const line = code.replace(/\s+/g, " ").trim();
  return line.length <= maxCodeCharacters ? line : `${line.slice(0, maxCodeCharacters)}...`;
}
