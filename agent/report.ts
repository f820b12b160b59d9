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
  // What the log has said of each entry, by its line: that the image is there, or why not in the round under way.
  const told = new Map<string, string>();
  const tell = (outcome: Outcome) => {
    const { image, ...fields } = fieldsOf(outcome);
    if (outcome.kind === "failed") log.error({ image, outcome: outcome.kind, ...fields }, "image failed");
    else log.info({ image, outcome: outcome.kind, ...fields }, `image ${outcome.kind}`);
  };
  return {
    pullEnded: (entry, result) => {
      told.set(entry.line, result.kind === "failed" ? result.failure.reason : isThere);
      if (result.kind === "failed") return tell({ ...result, entry });
      const { attempts, durationMs } = result;
      log.info({ image: entry.displayName, outcome: "pulled", attempts, durationMs }, "image pulled");
    },
    roundEnded: ({ roundNumber, revision, outcomes, durationMs, isWritten }) => {
      for (const outcome of outcomes) {
        const { line } = outcome.entry;
        const news = outcome.kind === "failed" ? outcome.failure.reason : isThere;
        if (told.get(line) !== news) tell(outcome);
        // A failure is told in each round that it lasts; what is there is told once.
        if (outcome.kind === "failed") told.delete(line);
        else told.set(line, news);
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

const isThere = "there";

function fieldsOf(outcome: Outcome) {
  const image = outcome.entry.displayName;
  if (outcome.kind === "present") return { image, digests: outcome.digests };
  const { attempts, durationMs } = outcome;
  if (outcome.kind === "pulled")
    return { image, attempts, durationMs, digests: outcome.digests, sizeBytes: outcome.sizeBytes };
  return { image, attempts, durationMs, reason: outcome.failure.reason, error: outcome.failure.message };
}
