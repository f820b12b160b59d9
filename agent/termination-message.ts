import type { Outcome } from "./outcome.ts";
import { verdictOf } from "./outcome.ts";
import { redact } from "./redact.ts";

// The kubelet keeps this much of one container's termination message.
const maxBytes = 4096;

/** How the rounds ended, for a person who reads `kubectl describe pod`: a headline, then one line a failed entry. */
export function summaryOf(revision: string, outcomes: readonly Outcome[]): string {
  const failures = outcomes.filter((outcome) => outcome.kind === "failed");
  const there = outcomes.length - failures.length;
  const headline = `${verdictOf(outcomes)}: ${there} of ${outcomes.length} images are there (revision ${revision})`;
  const lines = failures.map(({ entry, failure }) => `${entry.line}: ${failure.reason}: ${failure.message}`);
  return [headline, ...lines].join("\n");
}

/** `text` without secrets, as one container's termination message of 4096 bytes at most: the last lines are cut and counted. */
export function terminationMessageFrom(text: string): string {
  const lines = redact(text).split("\n");
  for (let shown = lines.length; shown > 1; shown -= 1) {
    const cut = lines.length - shown;
    const message = [...lines.slice(0, shown), ...(cut > 0 ? [`... and ${cut} more`] : [])].join("\n");
    if (Buffer.byteLength(message) <= maxBytes) return message;
  }
  return Buffer.from(lines[0] ?? "")
    .subarray(0, maxBytes)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
}
