import { countsOf, type Outcome, verdictOf } from "./outcome.ts";
import { redact } from "./redact.ts";

// A registry may answer with a page of HTML, and a fault comes with its stack; the log has all of it.
const maxFailureCharacters = 300;

// The kubelet keeps this much of one container's termination message.
const maxBytes = 4096;

/** How the rounds ended, for a person who reads `kubectl describe pod`: a headline, then one line a failed entry. */
export function summaryOf(revision: string, outcomes: readonly Outcome[]): string {
  const failures = outcomes.filter((outcome) => outcome.kind === "failed");
  const { present, skipped } = countsOf(outcomes);
  const apart = skipped === 0 ? "" : `, ${skipped} skipped as meant for other platforms`;
  const headline = `${verdictOf(outcomes)}: ${present} of ${outcomes.length} images are there${apart} (revision ${revision})`;
  const required = failures.filter(({ entry }) => entry.isRequired);
  const optional = failures.filter(({ entry }) => !entry.isRequired);
  const lines = [...required, ...optional].map(({ entry, failure }) => {
    const kind = entry.isRequired ? "" : " (optional)";
    return `${entry.displayName}${kind}: ${failure.reason}: ${onOneLine(failure.message)}`;
  });
  return [headline, ...lines].join("\n");
}

/** `text` without secrets, as one container's termination message of 4096 bytes at most: the last lines are cut and counted. */
export function terminationMessageFrom(text: string): string {
  const whole = redact(text);
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  const lines = whole.split("\n");
  const rest = (shown: number) => `\n... and ${lines.length - shown} more`;
  let [message = ""] = lines;
  for (let shown = 1; shown < lines.length; shown += 1) {
    const longer = `${message}\n${lines[shown]}`;
    if (Buffer.byteLength(longer + rest(shown + 1)) > maxBytes) return cutToBytes(message, rest(shown));
    message = longer;
  }
  return cutToBytes(message, "");
}

/** The beginning of `text`, whole characters, such that `end` still fits behind it. */
function cutToBytes(text: string, end: string): string {
  const bytes = Buffer.from(text).subarray(0, maxBytes - Buffer.byteLength(end));
  return bytes.toString("utf8").replace(/\uFFFD+$/, "") + end;
}

function onOneLine(message: string): string {
  const line = message.replace(/\s+/g, " ").trim();
  return line.length <= maxFailureCharacters ? line : `${line.slice(0, maxFailureCharacters)}...`;
}
