import { carriedFields, carriedText } from "./carried.ts";
import type { Entry } from "./image-list.ts";
import { bitsFromKeys, keysFromBits } from "./key-bits.ts";

/**
 * What the next look has to know of those before; images are meant by their `imageKey`, and times are milliseconds since 1970, as they outlive
 * the process.
 */
export interface KeepState {
  /** The images that were there at the last look; undefined before the first one. */
  readonly there: ReadonlySet<string> | undefined;
  /** Those that were there and are gone, and were left to the garbage collection. */
  readonly left: ReadonlySet<string>;
  /** Under policy Always: those that a registry has confirmed since the pod began. */
  readonly confirmed: ReadonlySet<string>;
  /** How many rounds in a row have pulled, and left something missing. */
  readonly failedRounds: number;
  /** How many times in a row it was left to the garbage collection to have its way. */
  readonly evictions: number;
  /** Nothing is pulled before. */
  readonly pullsFromMs: number;
  /** When an image that had vanished was there again. */
  readonly returned: Readonly<Record<string, number>>;
  /** How many looks in a row have found nothing out, or could not be written down. */
  readonly vainLooks: number;
  /** Processor time that the looks until now have taken, in milliseconds: a process that becomes another one keeps its account. */
  readonly spentCpuMs: number;
}

/** Before the first look. */
export const firstKeepState: KeepState = {
  there: undefined,
  left: new Set(),
  confirmed: new Set(),
  failedRounds: 0,
  evictions: 0,
  pullsFromMs: 0,
  returned: {},
  vainLooks: 0,
  spentCpuMs: 0,
};

/** Whose state it is: the text means nothing for another list. */
export interface ListOfState {
  readonly entries: readonly Entry[];
  readonly revision: string;
}

const command = "keep";

// The environment has 128 KiB for one variable, and a reference may have some hundred characters. What is not remembered is pulled
// once more before it is left to the garbage collection.
const mostReturned = 200;

/** The state as text that an environment can hold. */
export function textFromKeepState(state: KeepState, { entries, revision }: ListOfState): string {
  const { there, left, confirmed, returned, ...counts } = state;
  const latest = Object.entries(returned).sort(([, a], [, b]) => b - a);
  return carriedText(command, revision, {
    ...counts,
    there: there === undefined ? undefined : bitsFromKeys(entries, there),
    left: bitsFromKeys(entries, left),
    confirmed: bitsFromKeys(entries, confirmed),
    returned: Object.fromEntries(latest.slice(0, mostReturned)),
  });
}

/** Reads it again; `firstKeepState` where the text is of another list, or no such text. Never throws. */
export function keepStateFrom(text: string | undefined, { entries, revision }: ListOfState): KeepState {
  const fields = carriedFields(text, command, revision);
  if (fields === undefined) return firstKeepState;
  const there = fields.text("there");
  const keysIn = (name: string) => keysFromBits(entries, fields.text(name));
  const countOf = (name: string) => fields.count(name) ?? 0;
  return {
    there: there === undefined ? undefined : keysFromBits(entries, there),
    left: keysIn("left"),
    confirmed: keysIn("confirmed"),
    failedRounds: countOf("failedRounds"),
    evictions: countOf("evictions"),
    pullsFromMs: countOf("pullsFromMs"),
    returned: fields.numbers("returned") ?? {},
    vainLooks: countOf("vainLooks"),
    spentCpuMs: countOf("spentCpuMs"),
  };
}
