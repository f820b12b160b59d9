import type { NodeRecord } from "./node-record.ts";
import type { RoundContext } from "./round-context.ts";

/** What differs between the records of one process. */
export type RoundFindings = Pick<NodeRecord, "verdict" | "finishedAt" | "present" | "skipped" | "failed">;

/** The record of a round over the context's list: whose list it is, and what the round has found so far. */
export function recordOfRound(context: RoundContext, findings: RoundFindings): NodeRecord {
  const { verdict, finishedAt, present, skipped, failed } = findings;
  return {
    v: 1,
    revision: context.revision,
    owner: context.owner,
    verdict,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    entries: context.entries.length,
    present,
    skipped,
    failed,
    ...(context.sample ? { sample: true as const } : {}),
  };
}
