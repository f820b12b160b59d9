import type { Entry } from "./image-list.ts";
import type { Log } from "./log.ts";
import { failedEntriesOf, type Outcome, verdictOf } from "./outcome.ts";
import type { PullResult } from "./pull-image.ts";

/** Tells the log what happens, as it happens: each outcome once, and one summary for each round. */
export interface Report {
  /** A pull has ended. The line comes at once, so that whoever follows the log sees the node work. */
  pullEnded(entry: Entry, result: PullResult): void;
  /** A round has ended: lines for the outcomes that no pull has told yet, then the summary. */
  roundEnded(round: RoundSummary): void;
}

/** What is said of a whole round. */
export interface RoundSummary {
  /** From 1. */
  readonly roundNumber: number;
  readonly revision: string;
  readonly outcomes: readonly Outcome[];
  readonly durationMs: number;
  /** Whether the Node says the verdict. */
  readonly isWritten: boolean;
}

/** A report that writes to `log`. */
export function createReport(log: Log): Report {
  const told = new Set<string>();
  const tell = (outcome: Outcome) => {
    const { image, ...fields } = fieldsOf(outcome);
    if (outcome.kind === "failed") log.error({ image, outcome: outcome.kind, ...fields }, "image failed");
    else log.info({ image, outcome: outcome.kind, ...fields }, `image ${outcome.kind}`);
  };
  return {
    pullEnded: (entry, result) => {
      if (result.kind === "failed") return tell({ ...result, entry });
      told.add(entry.line);
      const { attempts, durationMs } = result;
      log.info({ image: entry.line, outcome: "pulled", attempts, durationMs }, "image pulled");
    },
    roundEnded: ({ roundNumber, revision, outcomes, durationMs, isWritten }) => {
      for (const outcome of outcomes) {
        // A failed pull has had its line; a failure that no pull has told (an invalid reference, an eviction) has not.
        const isTold =
          outcome.kind === "failed"
            ? outcome.attempts > 0 && outcome.failure.reason !== "evicted"
            : told.has(outcome.entry.line);
        if (!isTold) tell(outcome);
        told.add(outcome.entry.line);
      }
      const failed = failedEntriesOf(outcomes);
      const fields = {
        roundNumber,
        revision,
        verdict: verdictOf(outcomes),
        isWritten,
        entries: outcomes.length,
        present: outcomes.length - failed.length,
        pulled: outcomes.filter((outcome) => outcome.kind === "pulled").length,
        failed,
        durationMs,
      };
      log.info(fields, "round ended");
    },
  };
}

function fieldsOf(outcome: Outcome) {
  const image = outcome.entry.line;
  if (outcome.kind === "present") return { image, digests: outcome.digests };
  const { attempts, durationMs } = outcome;
  if (outcome.kind === "pulled")
    return { image, attempts, durationMs, digests: outcome.digests, sizeBytes: outcome.sizeBytes };
  return { image, attempts, durationMs, reason: outcome.failure.reason, error: outcome.failure.message };
}
