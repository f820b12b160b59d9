/** What is read of Stryker's report: its schema is that of the mutation-testing-report-schema package. */
export interface StrykerReport {
  /** By the path below the checkout. */
  readonly files: Readonly<Record<string, MutatedFile>>;
}

export interface MutatedFile {
  readonly source: string;
  readonly mutants: readonly Mutant[];
}

export interface Mutant {
  readonly location: { readonly start: Position; readonly end: Position };
  readonly replacement: string;
  readonly status: string;
}

/** Both count from 1; the end's column is the one after the last. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** How many mutants of a file, or of all, came to what. */
export interface Tally {
  /** A test failed, or waited for too long. */
  readonly killed: number;
  /** The tests went round a loop without end. */
  readonly timedOut: number;
  /** All tests passed. */
  readonly survived: number;
  /** No test runs the line. */
  readonly notCovered: number;
  /** The process broke off without naming a failed test, while it loaded its files for example; these do not count. */
  readonly invalid: number;
}

const statuses: Readonly<Record<keyof Tally, readonly string[]>> = {
  killed: ["Killed"],
  timedOut: ["Timeout"],
  survived: ["Survived"],
  notCovered: ["NoCoverage"],
  invalid: ["RuntimeError", "CompileError"],
};

/** How many of `mutants` came to what. Throws for a status that it does not know, rather than leave a mutant out. */
export function tallyOf(mutants: readonly Mutant[]): Tally {
  const stranger = mutants.find(({ status }) => !Object.values(statuses).flat().includes(status));
  if (stranger !== undefined)
    throw new Error(`Stryker's report has a mutant of the status ${stranger.status}`);
  const count = (key: keyof Tally) => mutants.filter(({ status }) => statuses[key].includes(status)).length;
  return {
    killed: count("killed"),
    timedOut: count("timedOut"),
    survived: count("survived"),
    notCovered: count("notCovered"),
    invalid: count("invalid"),
  };
}

/** The share of the valid mutants that the tests found, in percent; 100 where there are none. */
export function scoreOf({ killed, timedOut, survived, notCovered }: Tally): number {
  const valid = killed + timedOut + survived + notCovered;
  return valid === 0 ? 100 : (100 * (killed + timedOut)) / valid;
}
