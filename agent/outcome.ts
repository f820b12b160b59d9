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
    };

/** The label's value for a node: `succeeded` if all entries are there, `failed` if any is not. */
export type Verdict = "succeeded" | "failed";

/** The verdict of a round. A list without entries is refused long before, so `[]` never comes here. */
export function verdictOf(outcomes: readonly Outcome[]): Verdict {
  return outcomes.some((outcome) => outcome.kind === "failed") ? "failed" : "succeeded";
}

/** One failed entry, as the annotation and the summary name it. */
export interface FailedEntry {
  readonly image: string;
  readonly reason: FailureReason;
}

/** The failed entries among `outcomes`, in their order. */
export function failedEntriesOf(outcomes: readonly Outcome[]): readonly FailedEntry[] {
  return outcomes.flatMap((outcome) =>
    outcome.kind === "failed" ? [{ image: outcome.entry.displayName, reason: outcome.failure.reason }] : [],
  );
}
