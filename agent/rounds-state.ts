import { carriedFields, carriedText } from "./carried.ts";
import type { Entry } from "./image-list.ts";
import type { RoundContext } from "./round-context.ts";

/** What the rounds of `prefetch` that a later process runs have to know of those before. */
export interface RoundsState {
  /** How many rounds there have been. */
  readonly rounds: number;
  /** The `imageKey`s that a registry has confirmed. */
  readonly confirmed: readonly string[];
  /** The registries that have throttled. */
  readonly throttledRegistries: readonly string[];
}

const command = "prefetch";

/** The state as text of a size that an environment can hold, however long the list is. */
export function textFromRoundsState(
  rounds: number,
  { entries, revision, confirmed, throttledRegistries }: RoundContext,
): string {
  const keys = keysOf(entries);
  return carriedText(command, revision, {
    rounds,
    confirmed: bitsFrom(keys.map((key) => confirmed.has(key))),
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
  const bits = Buffer.from(fields.text("confirmed") ?? "", "base64");
  return {
    rounds,
    confirmed: keysOf(entries).filter((_, index) => isSet(bits, index)),
    throttledRegistries: fields.texts("throttledRegistries") ?? [],
  };
}

// A list names a few; the environment has 128 KiB for one variable.
const mostRegistries = 100;

/** In an order that follows from the list alone, however its lines are arranged: the revision says no more. */
function keysOf(entries: readonly Entry[]): readonly string[] {
  return [...new Set(entries.map(({ imageKey }) => imageKey))].sort();
}

/** One bit for each: 5,000 images take 834 characters. */
function bitsFrom(flags: readonly boolean[]): string {
  const bytes = Buffer.alloc(Math.ceil(flags.length / 8));
  for (const [index, flag] of flags.entries()) {
    if (flag) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return bytes.toString("base64");
}

function isSet(bits: Buffer, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}
