import type { Failure } from "./failure.ts";
import { appliesTo, type Entry } from "./image-list.ts";
import type { Look } from "./look.ts";
import type { Outcome } from "./outcome.ts";
import type { PullResult } from "./pull-image.ts";
import type { PullPolicy } from "./revision.ts";

/** What a round found out about its entries. */
export interface Findings {
  readonly entries: readonly Entry[];
  /** This node's, `os/arch`. */
  readonly platform: string;
  readonly pullPolicy: PullPolicy;
  /** By `imageKey`; an image that was not pulled in this round has none. */
  readonly pulls: ReadonlyMap<string, PullResult>;
  /** The `imageKey`s of optional images whose turn has not come yet. */
  readonly pending: ReadonlySet<string>;
  /** The look after the pulls: it decides, not what a pull said of itself. */
  readonly look: Look;
  /** By `imageKey`: what a registry has confirmed since the process began. */
  readonly confirmed: ReadonlySet<string>;
}

/** One outcome for each entry, in the list's order. */
export function outcomesOf(findings: Findings): readonly Outcome[] {
  return findings.entries.map((entry) => outcomeOf(entry, findings));
}

function outcomeOf(entry: Entry, findings: Findings): Outcome {
  const { platform, pullPolicy, pulls, pending, look, confirmed } = findings;
  const pull = pulls.get(entry.imageKey);
  const { attempts, durationMs } = pull ?? { attempts: 0, durationMs: 0 };
  const failed = (failure: Failure): Outcome => ({ kind: "failed", entry, failure, attempts, durationMs });

  if (!appliesTo(entry, platform)) return { kind: "skipped", entry };
  if (entry.invalid !== undefined) return failed({ reason: "invalid_reference", message: entry.invalid });
  const answer = look.answerFor(entry);
  if (answer.kind !== "present") {
    if (pending.has(entry.imageKey)) return { kind: "pending", entry };
    return failed(whyNotThere(answer.kind === "failed" ? answer.failure : undefined, pull));
  }
  if (pullPolicy === "Always" && !confirmed.has(entry.imageKey) && pull?.kind === "failed") {
    return failed(pull.failure);
  }
  const digests = answer.image.repoDigests;
  if (pull?.kind !== "pulled") return { kind: "present", entry, digests };
  return { kind: "pulled", entry, digests, sizeBytes: answer.image.sizeBytes, attempts, durationMs };
}

function whyNotThere(lookFailure: Failure | undefined, pull: PullResult | undefined): Failure {
  if (pull?.kind === "failed") return pull.failure;
  if (lookFailure !== undefined) return lookFailure;
  return {
    reason: "evicted",
    message: "the image was there in this round and is gone again; did garbage collection remove it?",
  };
}
