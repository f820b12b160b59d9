import { carriedFields, carriedText } from "./carried.ts";

/** What the next look has to know of those before; times are milliseconds since 1970, as they outlive the process. */
export interface KeepState {
  /** Whether every required image was there at the last look; undefined before the first one. */
  readonly wasWhole: boolean | undefined;
  /** Under policy Always: whether what is there has been confirmed since the pod began. */
  readonly isConfirmed: boolean;
  /** How many rounds in a row have pulled, and left something missing. */
  readonly failedRounds: number;
  /** How many times in a row it was left to the garbage collection to have its way. */
  readonly evictions: number;
  /** Nothing is pulled before. */
  readonly pullsFromMs: number;
  /** When an image that had vanished was there again, by `imageKey`. */
  readonly returned: Readonly<Record<string, number>>;
  /** Processor time that the looks until now have taken, in milliseconds: a process that becomes another one keeps its account. */
  readonly spentCpuMs: number;
}

/** Before the first look. */
export const firstKeepState: KeepState = {
  wasWhole: undefined,
  isConfirmed: false,
  failedRounds: 0,
  evictions: 0,
  pullsFromMs: 0,
  returned: {},
  spentCpuMs: 0,
};

const command = "keep";

// The environment has 128 KiB for one variable, and a reference may have some hundred characters. What is not remembered is pulled
// once more before it is left to the garbage collection.
const mostReturned = 200;

/** The state as text that an environment can hold. */
export function textFromKeepState(state: KeepState, revision: string): string {
  const latest = Object.entries(state.returned).sort(([, a], [, b]) => b - a);
  return carriedText(command, revision, {
    ...state,
    returned: Object.fromEntries(latest.slice(0, mostReturned)),
  });
}

/** Reads it again; `firstKeepState` where the text is of another list, or no such text. Never throws. */
export function keepStateFrom(text: string | undefined, revision: string): KeepState {
  const fields = carriedFields(text, command, revision);
  if (fields === undefined) return firstKeepState;
  return {
    wasWhole: fields.truth("wasWhole"),
    isConfirmed: fields.truth("isConfirmed") ?? false,
    failedRounds: fields.count("failedRounds") ?? 0,
    evictions: fields.count("evictions") ?? 0,
    pullsFromMs: fields.count("pullsFromMs") ?? 0,
    returned: fields.numbers("returned") ?? {},
    spentCpuMs: fields.count("spentCpuMs") ?? 0,
  };
}
