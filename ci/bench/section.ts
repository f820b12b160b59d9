/** A table of the report. */
export interface SectionTable {
  readonly title: string;
  /** The first row is the head; every row has as many cells. */
  readonly rows: readonly (readonly string[])[];
}

/** One bar: what has to be reached, and what was seen. */
export interface Bar {
  readonly what: string;
  /** What is to be reached, in words: `1.2 times the script at most`. */
  readonly bar: string;
  /** What was seen, in words and figures. */
  readonly seen: string;
  readonly isReached: boolean;
  /** Whether missing it fails the command: always so with `--quick`, whose margins are wide, and of counts. */
  readonly isGate: boolean;
}

/** What one area of the bench comes to. */
export interface Section {
  readonly name: string;
  readonly tables: readonly SectionTable[];
  readonly bars: readonly Bar[];
  /** Whatever the JSON file is to hold of it beside tables and bars, the single runs above all. */
  readonly data: unknown;
  /** Further sentences for the reader, each a line. */
  readonly notes: readonly string[];
}

/** What every area is given. */
export interface BenchOptions {
  /** The five-minute bench, whose bars have a margin of 1.5. */
  readonly isQuick: boolean;
  /** How often each thing is measured; undefined for each scenario's own default. */
  readonly repeats: number | undefined;
  /** The part of a scenario's name that is wanted; undefined for all. */
  readonly only: string | undefined;
  /** What the order of runs is drawn from. */
  readonly seed: number;
  /** Where an area may leave files such as a picture, absolute. */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What the ratios of a quick bench may miss a bar by: its runs are short and few, and the machine may be busy. */
export const quickMargin = 1.5;
