import { carriedFields, carriedText } from "./carried.ts";
import { given } from "./given.ts";
import type { Entry } from "./image-list.ts";
import { bitsFromKeys, keysFromBits } from "./key-bits.ts";
import type { RoundContext } from "./round-context.ts";

/** How far the rounds have come. */
export interface RoundsDone {
  /** How many rounds there have been. */
  readonly rounds: number;
  /** When the next one is due, in milliseconds since 1970; undefined for at once. */
  readonly dueMs?: number;
}

/** What the rounds of `prefetch` that a later process runs have to know of those before. */
export interface RoundsState extends RoundsDone {
  /** The `imageKey`s that a registry has confirmed. */
  readonly confirmed: ReadonlySet<string>;
  /** The registries that have throttled. */
  readonly throttledRegistries: readonly string[];
}

const command = "prefetch";

/** The state as text of a size that an environment can hold, however long the list is. */
export function textFromRoundsState(
  { rounds, dueMs }: RoundsDone,
  { entries, revision, confirmed, throttledRegistries }: RoundContext,
): string {
  return carriedText(command, revision, {
    rounds,
    dueMs,
    confirmed: bitsFromKeys(entries, confirmed),
    throttledRegistries: [...throttledRegistries].slice(0, mostRegistries),
  });
}

/** Reads it again for the same list; undefined where the text is of another one, or no such text. Never throws. */
export function roundsStateFrom(
  text: string | undefined,
  revision: string,
  entries: readonly Entry[],
): RoundsState | undefined {
  const fields = carriedFields(text, command, revision);
  const rounds = fields?.count("rounds");
  if (fields === undefined || rounds === undefined) return undefined;
  return {
    rounds,
    confirmed: keysFromBits(entries, fields.text("confirmed")),
    throttledRegistries: fields.texts("throttledRegistries") ?? [],
    ...given({ dueMs: fields.count("dueMs") }),
  };
}

// A list names a few; the environment has 128 KiB for one variable.
const mostRegistries = 100;
