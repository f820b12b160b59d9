import type { Failure, FailureReason } from "./failure.ts";
import type { Entry } from "./image-list.ts";

/** What became of one entry in one round. */
export type Outcome =
  /** The image was there before the round. */
  | { readonly kind: "present"; readonly entry: Entry; readonly digests: readonly string[] }
  /** The image is there now, and was pulled (or, under policy Always, confirmed) in this round. */
  | {
      readonly kind: "pulled";
      readonly entry: Entry;
      readonly digests: readonly string[];
      readonly sizeBytes: number;
      readonly attempts: number;
      readonly durationMs: number;
    }
  /** The image is not there; or, under policy Always, the registry did not confirm it. */
  | {
      readonly kind: "failed";
      readonly entry: Entry;
      readonly failure: Failure;
      readonly attempts: number;
      readonly durationMs: number;
    }
  /** The entry is meant for other platforms than this node's. */
  | { readonly kind: "skipped"; readonly entry: Entry }
  /** An optional image that is not there, and whose turn comes once the required ones are settled. */
  | { readonly kind: "pending"; readonly entry: Entry };

/** Whether the image is in the store, and confirmed where it has to be. */
export function isThere({ kind }: Outcome): boolean {
  return kind === "present" || kind === "pulled";
}

/** The label's value for a node: `succeeded` if all required entries are there, `failed` if any is not. */
export type Verdict = "succeeded" | "failed";

/**
 * The verdict of a round; `none` on a node to which no required entry applies, since nothing there can prove that a
 * workload finds its images. Optional entries never change it.
 */
export function verdictOf(outcomes: readonly Outcome[]): Verdict | "none" {
  const decisive = outcomes.filter(({ entry, kind }) => entry.isRequired && kind !== "skipped");
  if (decisive.length === 0) return "none";
  return decisive.some(({ kind }) => kind === "failed") ? "failed" : "succeeded";
}

/** One failed entry, as the annotation and the summary name it. */
export interface FailedEntry {
  readonly image: string;
  readonly reason: FailureReason;
  /** Stands there for an optional entry only. */
  readonly required?: false;
}

/** The failed entries among `outcomes`: the required ones first, then in their order. */
export function failedEntriesOf(outcomes: readonly Outcome[]): readonly FailedEntry[] {
  const failed = outcomes.filter((outcome) => outcome.kind === "failed");
  const required = failed.filter(({ entry }) => entry.isRequired);
  const optional = failed.filter(({ entry }) => !entry.isRequired);
  return [
    ...required.map(({ entry, failure }) => ({ image: entry.displayName, reason: failure.reason })),
    ...optional.map(({ entry, failure }) => ({
      image: entry.displayName,
      reason: failure.reason,
      required: false as const,
    })),
  ];
}

/** Why the required entries failed: an optional one is not what a further round is for. */
export function requiredReasonsIn(outcomes: readonly Outcome[]): readonly FailureReason[] {
  return failedEntriesOf(outcomes.filter(({ entry }) => entry.isRequired)).map(({ reason }) => reason);
}

/** How many entries came to what. */
export interface OutcomeCounts {
  /** In the store now, whether pulled in this round or before. */
  readonly present: number;
  readonly pulled: number;
  readonly skipped: number;
}

export function countsOf(outcomes: readonly Outcome[]): OutcomeCounts {
  const count = (...kinds: readonly Outcome["kind"][]) =>
    outcomes.filter(({ kind }) => kinds.includes(kind)).length;
  return { present: count("present", "pulled"), pulled: count("pulled"), skipped: count("skipped") };
}
