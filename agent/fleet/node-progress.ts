import { cut } from "../cut.ts";
import { fieldsOf } from "../node-record.ts";

/** An image that an annotation names as failed. */
export interface FailedImage {
  readonly image: string;
  readonly reason: string;
  /** Stands there for an optional entry only. */
  readonly required?: false;
}

/** How far an agent got, as its annotation says; a count that is none is undefined. */
export interface NodeProgress {
  readonly entries: number | undefined;
  readonly present: number | undefined;
  readonly skipped: number | undefined;
  /** The first ten at most. */
  readonly failed: readonly FailedImage[];
  /** How many further ones have failed. */
  readonly moreFailed: number;
}

// Of thousands of nodes all are kept at once.
const mostFailed = 10;

// As long as a repository's name may be; and more than our longest reason.
const longestImage = 256;
const longestReason = 64;

/** Reads an annotation that anybody may have written: its texts are cut to a few hundred characters. Never throws. */
export function nodeProgressFrom(annotation: string | undefined): NodeProgress {
  const { entries, present, skipped, failed, moreFailed } = fieldsOf(annotation);
  const named = Array.isArray(failed) ? failed.flatMap(failedImageFrom) : [];
  return {
    entries: countFrom(entries),
    present: countFrom(present),
    skipped: countFrom(skipped),
    failed: named.slice(0, mostFailed),
    moreFailed: Math.max(0, named.length - mostFailed) + (countFrom(moreFailed) ?? 0),
  };
}

function countFrom(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function failedImageFrom(value: unknown): readonly FailedImage[] {
  if (typeof value !== "object" || value === null) return [];
  const { image, reason, required } = value as Readonly<Record<string, unknown>>;
  if (typeof image !== "string" || typeof reason !== "string") return [];
  const named = { image: cut(image, longestImage), reason: cut(reason, longestReason) };
  return [required === false ? { ...named, required } : named];
}
