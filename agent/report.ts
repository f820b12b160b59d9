import type { Entry } from "./image-list.ts";
import type { StoredImage } from "./image-service.ts";
import type { Log } from "./log.ts";
import { countsOf, failedEntriesOf, type Outcome, verdictOf } from "./outcome.ts";
import type { PullResult } from "./pull-image.ts";

/** Tells the log what happens, as it happens: each outcome once, and one summary for each round. */
export interface Report {
  /**
   * A pull has ended. The line comes at once, so that whoever follows the log sees the node work. `stored` is what the
   * runtime says of the image: the log has its digest, by which two nodes that pulled a moved tag can be told apart.
   */
  pullEnded(entry: Entry, result: PullResult, stored?: StoredImage): void;
  /** A round has ended: lines for the outcomes that no pull has told yet, then the summary. */
  roundEnded(round: RoundSummary): void;
}

/** What is said of a whole round. */
export interface RoundSummary {
  /** From 1; in keep mode how many rounds in a row have left something missing, 0 where none has. */
  readonly roundNumber: number;
  readonly revision: string;
  readonly outcomes: readonly Outcome[];
  readonly durationMs: number;
  /** Whether the Node says the verdict. */
  readonly isWritten: boolean;
}

/** A report that writes to `log`. `tellsWhatIsThere` is off where a process before this one has told it already. */
export function createReport(log: Log, tellsWhatIsThere = true): Report {
  // What the log has said of each entry, by its line: that the image is there, or why not in the round under way.
  const told = new Map<string, string>();
  const tell = (outcome: Outcome) => {
    const { image, ...fields } = fieldsOf(outcome);
    const logged = { image, outcome: outcome.kind, ...fields };
    if (outcome.kind !== "failed") log.info(logged, `image ${outcome.kind}`);
    else if (outcome.entry.isRequired) log.error(logged, "image failed");
    else log.warn(logged, "optional image failed");
  };
  return {
    pullEnded: (entry, result, stored) => {
      told.set(entry.line, result.kind === "failed" ? result.failure.reason : isThere);
      if (result.kind === "failed") return tell({ ...result, entry });
      const { attempts, durationMs } = result;
      const { repoDigests: digests, sizeBytes } = stored ?? {};
      const fields = {
        image: entry.displayName,
        outcome: "pulled",
        attempts,
        durationMs,
        digests,
        sizeBytes,
      };
      log.info(fields, "image pulled");
    },
    roundEnded: ({ roundNumber, revision, outcomes, durationMs, isWritten }) => {
      for (const outcome of outcomes) {
        const { line } = outcome.entry;
        const news = newsIn(outcome);
        const isNews = tellsWhatIsThere || (outcome.kind !== "present" && outcome.kind !== "skipped");
        if (told.get(line) !== news && isNews) tell(outcome);
        // A failure is told in each round that it lasts; what is there is told once.
        if (outcome.kind === "failed") told.delete(line);
        else told.set(line, news);
      }
      const { present, pulled, skipped } = countsOf(outcomes);
      const fields = {
        roundNumber,
        revision,
        verdict: verdictOf(outcomes),
        isWritten,
        entries: outcomes.length,
        present,
        pulled,
        skipped,
        failed: failedEntriesOf(outcomes),
        durationMs,
      };
      log.info(fields, "round ended");
    },
  };
}

const isThere = "there";

function newsIn(outcome: Outcome): string {
  if (outcome.kind === "failed") return outcome.failure.reason;
  return outcome.kind === "skipped" || outcome.kind === "pending" ? outcome.kind : isThere;
}

function fieldsOf(outcome: Outcome) {
  const image = outcome.entry.displayName;
  if (outcome.kind === "skipped") return { image, platforms: outcome.entry.platforms };
  if (outcome.kind === "pending") return { image };
  if (outcome.kind === "present") return { image, digests: outcome.digests };
  const { attempts, durationMs } = outcome;
  if (outcome.kind === "pulled")
    return { image, attempts, durationMs, digests: outcome.digests, sizeBytes: outcome.sizeBytes };
  return { image, attempts, durationMs, reason: outcome.failure.reason, error: outcome.failure.message };
}
