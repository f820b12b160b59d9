import type { AuditedRequest } from "../fleet/audited-requests.ts";
import { type Bar, quickMargin } from "../section.ts";
import { ratioText } from "../transfer/figures.ts";
import { type Ratio, ratioOf } from "../transfer/statistics.ts";

/** What one figure of a program may be of another's. */
export interface RatioLimit {
  /** What is measured: `start to exit, warm, beside the plain script`. */
  readonly what: string;
  readonly atMost: number;
  /** A goal is only shown; a bar fails the quick bench where it is missed by its margin. */
  readonly kind: "bar" | "goal";
}

/**
 * The bar for a ratio, of which the full bench shows the median. The quick one fails by it: where the median is beyond the margin, and the
 * whole interval beyond the bar, since five runs beside other tests may have any median.
 */
export function ratioBar(
  { what, atMost, kind }: RatioLimit,
  measured: readonly number[],
  base: readonly number[],
  isQuick: boolean,
): Bar {
  const ratio: Ratio = ratioOf(measured, base);
  const isGate = isQuick && kind === "bar";
  const limit = isGate ? atMost * quickMargin : atMost;
  const margin = isGate ? `, ${limit.toFixed(2)} with the quick bench's margin` : "";
  const begin = kind === "goal" ? "goal: " : "";
  return {
    what,
    bar: `${begin}${atMost} times at most${margin}`,
    seen: `${ratioText(ratio)} times`,
    isReached: ratio.ratio <= limit || (isGate && (ratio.interval?.low ?? 0) <= atMost),
    isGate,
  };
}

/** How many times the one's median is the other's, with its interval, for a table. */
export function ratioCell(measured: readonly number[], base: readonly number[]): string {
  return ratioText(ratioOf(measured, base));
}

/** The bar for a count that is the same in every run, whatever the machine does: it always fails the bench where it is missed. */
export function countBar(what: string, atMost: number, seen: readonly number[]): Bar {
  return {
    what,
    bar: atMost === 0 ? "none" : `${atMost} at most`,
    seen: [...new Set(seen)].sort((a, b) => a - b).join(" or "),
    isReached: seen.length > 0 && seen.every((count) => count <= atMost),
    isGate: true,
  };
}

/**
 * How many requests a round may send to the API server whose requests these are: where the kubelet writes to the Node between the agent's read
 * and its write, both are made again.
 */
export function mostWithConflicts(
  atMost: number,
  requests: readonly Pick<AuditedRequest, "status">[],
): number {
  return atMost + 2 * conflictsIn(requests);
}

/** The bar for the requests of one round to the API server, which always fails the bench where it is missed. */
export function requestsBar(
  what: string,
  atMost: number,
  requests: readonly Pick<AuditedRequest, "status">[],
): Bar {
  const conflicts = conflictsIn(requests);
  return {
    what,
    bar: `${atMost} at most, 2 more for each 409`,
    seen: `${requests.length}${conflicts === 0 ? "" : `, ${conflicts} of them answered with 409`}`,
    isReached: requests.length > 0 && requests.length <= mostWithConflicts(atMost, requests),
    isGate: true,
  };
}

function conflictsIn(requests: readonly Pick<AuditedRequest, "status">[]): number {
  return requests.filter(({ status }) => status === 409).length;
}
