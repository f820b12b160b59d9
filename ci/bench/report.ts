import type { Section } from "./section.ts";

/** Where the bench ran. */
export interface Machine {
  readonly cores: number;
  readonly memoryMiB: number;
  readonly cpuModel: string;
  readonly kernel: string;
}

/** What the bench's file holds. */
export interface Report {
  readonly commit: string;
  /** Whether the checkout had changes that the commit does not have. */
  readonly isDirty: boolean;
  /** When the bench began: ISO 8601, UTC. */
  readonly date: string;
  /** How long it took, in minutes. Where it failed, until then. */
  readonly minutes: number;
  readonly machine: Machine;
  /** Of what is measured and what it is measured with, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly options: {
    readonly isQuick: boolean;
    /** Null where each scenario went by its own. */
    readonly repeats: number | null;
    /** Null for everything. */
    readonly only: string | null;
    readonly seed: number;
  };
  readonly sections: readonly Section[];
}

/** The text of the bench's file. */
export function reportText(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** What a file of the bench says. Throws a sentence that names the first thing in it that is not as a Report has it. */
export function reportFrom(text: string): Report {
  const value: unknown = JSON.parse(text);
  reportShape(value, "the report");
  return value as Report;
}

/** Throws where a value is not of its shape; `place` is how the sentence calls it. */
type Shape = (value: unknown, place: string) => void;

function kindOf(kind: "string" | "number" | "boolean"): Shape {
  return (value, place) => {
    if (typeof value !== kind) throw new Error(`${place} is no ${kind}`);
  };
}

function listOf(item: Shape): Shape {
  return (value, place) => {
    if (!Array.isArray(value)) throw new Error(`${place} is no list`);
    value.forEach((each, index) => void item(each, `${place}[${index}]`));
  };
}

function orNull(shape: Shape): Shape {
  return (value, place) => {
    if (value !== null) shape(value, place);
  };
}

function recordOf(fields: Readonly<Record<string, Shape>>): Shape {
  return (value, place) => {
    if (typeof value !== "object" || value === null) throw new Error(`${place} is no object`);
    for (const [name, shape] of Object.entries(fields)) {
      shape((value as Record<string, unknown>)[name], `${place}.${name}`);
    }
  };
}

function mapOf(item: Shape): Shape {
  return (value, place) => {
    recordOf({})(value, place);
    for (const [name, each] of Object.entries(value as object)) item(each, `${place}.${name}`);
  };
}

const string = kindOf("string");
const number = kindOf("number");
const boolean = kindOf("boolean");
const present: Shape = (value, place) => {
  if (value === undefined) throw new Error(`${place} is missing`);
};

/** Whose every row has as many cells as its first. */
const tableShape: Shape = (value, place) => {
  recordOf({ title: string, rows: listOf(listOf(string)) })(value, place);
  const { rows } = value as Section["tables"][number];
  if (new Set(rows.map((row) => row.length)).size > 1) throw new Error(`${place}.rows are not equally long`);
};

const sectionShape = recordOf({
  name: string,
  tables: listOf(tableShape),
  bars: listOf(recordOf({ what: string, bar: string, seen: string, isReached: boolean, isGate: boolean })),
  data: present,
  notes: listOf(string),
});

const reportShape = recordOf({
  commit: string,
  isDirty: boolean,
  date: string,
  minutes: number,
  machine: recordOf({ cores: number, memoryMiB: number, cpuModel: string, kernel: string }),
  versions: mapOf(string),
  options: recordOf({ isQuick: boolean, repeats: orNull(number), only: orNull(string), seed: number }),
  sections: listOf(sectionShape),
});
