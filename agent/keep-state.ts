import { carriedFields, carriedText } from "./carried.ts";
import type { Entry } from "./image-list.ts";
import { bitsFromKeys, keysFromBits } from "./key-bits.ts";
import { numbersByBits, numbersFromBits } from "./key-numbers.ts";

/**
 * What the next look has to know of those before; images are meant by their `imageKey`, and times are milliseconds since 1970, as they outlive
 * the process.
 */
export interface KeepState {
  /** The images that were there at the last look, or when they were last seen to by one; undefined before the first one. */
  readonly there: ReadonlySet<string> | undefined;
  /** Those of which the runtime did not say at the last look whether they are there, though it spoke. */
  readonly silent: ReadonlySet<string>;
  /** Under policy Always: those that a registry has confirmed since the pod began. */
  readonly confirmed: ReadonlySet<string>;
  /** How many rounds in a row have pulled, and left something missing. */
  readonly failedRounds: number;
  /** What failed is not pulled again before. */
  readonly pullsFromMs: number;
  /** Those that were there and are gone, and are left to the garbage collection: none is pulled before its time. */
  readonly leftUntilMs: ReadonlyMap<string, number>;
  /** How many times in a row an image was left to the garbage collection. */
  readonly evictions: ReadonlyMap<string, number>;
  /** When an image that had vanished was there again. */
  readonly returned: ReadonlyMap<string, number>;
  /** How many looks in a row have found nothing out, or could not be written down. */
  readonly vainLooks: number;
  /** Processor time that the looks until now have taken, in milliseconds: a process that becomes another one keeps its account. */
  readonly spentCpuMs: number;
}

/** Before the first look. */
export const firstKeepState: KeepState = {
  there: undefined,
  silent: new Set(),
  confirmed: new Set(),
  failedRounds: 0,
  pullsFromMs: 0,
  leftUntilMs: new Map(),
  evictions: new Map(),
  returned: new Map(),
  vainLooks: 0,
  spentCpuMs: 0,
};

/** Whose state it is: the text means nothing for another list. */
export interface ListOfState {
  readonly entries: readonly Entry[];
  readonly revision: string;
}

const command = "keep";

/** The state as text that an environment can hold. Of times that are many only the latest are kept: what is not remembered is pulled once more. */
export function textFromKeepState(state: KeepState, { entries, revision }: ListOfState): string {
  const { there, silent, confirmed, leftUntilMs, evictions, returned, ...counts } = state;
  return carriedText(command, revision, {
    ...counts,
    there: there === undefined ? undefined : bitsFromKeys(entries, there),
    silent: bitsFromKeys(entries, silent),
    confirmed: bitsFromKeys(entries, confirmed),
    leftUntilMs: numbersByBits(entries, leftUntilMs),
    evictions: numbersByBits(entries, evictions),
    returned: numbersByBits(entries, returned),
  });
}

/** Reads it again; `firstKeepState` where the text is of another list, or no such text. Never throws. */
export function keepStateFrom(text: string | undefined, { entries, revision }: ListOfState): KeepState {
  const fields = carriedFields(text, command, revision);
  if (fields === undefined) return firstKeepState;
  const there = fields.text("there");
  const keysIn = (name: string) => keysFromBits(entries, fields.text(name));
  const numbersIn = (name: string) => numbersFromBits(entries, fields.numbers(name));
  const countOf = (name: string) => fields.count(name) ?? 0;
  return {
    there: there === undefined ? undefined : keysFromBits(entries, there),
    silent: keysIn("silent"),
    confirmed: keysIn("confirmed"),
    failedRounds: countOf("failedRounds"),
    pullsFromMs: countOf("pullsFromMs"),
    leftUntilMs: numbersIn("leftUntilMs"),
    evictions: numbersIn("evictions"),
    returned: numbersIn("returned"),
    vainLooks: countOf("vainLooks"),
    spentCpuMs: countOf("spentCpuMs"),
  };
}
