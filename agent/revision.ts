import { createHash } from "node:crypto";

/** When an image that is already in the runtime's store is asked of the registry: never, or once per pod start. */
export type PullPolicy = "IfNotPresent" | "Always";

/**
 * The revision of a list under a pull policy: `1-` and the first 12 hex digits of the SHA-256 over the policy's line
 * and the different entry lines (`Entry.line`), sorted by their UTF-8 bytes, joined by LF. The chart computes the same
 * (`prefetcher.revision`); ci/chart/revision-vectors.json holds both to sha256sum's word.
 */
export function revisionOf(policy: PullPolicy, lines: readonly string[]): string {
  const sorted = [...new Set(lines)].map((line) => Buffer.from(line, "utf8")).sort(Buffer.compare);
  const text = [`policy=${policy}`, ...sorted.map((line) => line.toString("utf8"))].join("\n");
  return `1-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}
