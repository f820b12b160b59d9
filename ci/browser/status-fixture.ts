import type { ReportedNode } from "../../agent/fleet/fleet-report.ts";
import { madeUpNode, madeUpRevision } from "../../agent/testing/made-up-report.ts";

/** A node that has all twenty images and succeeded, but for `fields`. */
export function nodeNamed(name: string, fields: Partial<ReportedNode> = {}): ReportedNode {
  const hasEnded = fields.state === undefined || fields.state === "failed";
  const round = { finishedAt: "2026-11-20T06:14:09Z", present: 20, entries: 20, revision: madeUpRevision };
  return madeUpNode(name, hasEnded ? { ...round, ...fields } : fields);
}

/** `<prefix>-01` and so on. */
export function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, "0")}`);
}
