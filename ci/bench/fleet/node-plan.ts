import { keyOf } from "../../../agent/node-record.ts";
import type { Verdict } from "../../../agent/outcome.ts";
import { revisionOf } from "../../../agent/revision.ts";

/** The one instance that the whole fleet has. */
export const fleetInstance = "fleet";
export const fleetKey = keyOf(fleetInstance);
export const fleetOwner = "fleet/images";

/** How many images a list has. */
export const listLength = 20;

const missingCount = 3;

/** What a node's runtime has when its agent starts: all images, not all of them, or not all and one that nobody can pull. */
export type NodeKind = "warm" | "pulling" | "failing";

/** What an agent is to come to on a node of a kind. */
export interface Expectation {
  readonly verdict: Verdict;
  /** Requests to the API server where none of them fails. */
  readonly requests: number;
  readonly present: number;
}

/** By kind: two requests write a verdict, and two more remove the former one before the first pull. */
export const expectations: Readonly<Record<NodeKind, Expectation>> = {
  warm: { verdict: "succeeded", requests: 2, present: listLength },
  pulling: { verdict: "succeeded", requests: 4, present: listLength },
  failing: { verdict: "failed", requests: 4, present: listLength - 1 },
};

/**
 * The kind of the node of that number in a rollout, which is the fleet's next list. Of ten nodes five are warm, four pull and one
 * fails; a node that fails in one rollout does not in the next, so that its label has to change.
 */
export function kindOf(number: number, rollout: number): NodeKind {
  const place = (number + 3 * rollout) % 10;
  if (place < 5) return "warm";
  return place < 9 ? "pulling" : "failing";
}

/** The images of a rollout's list. */
export function linesOfRollout(rollout: number): readonly string[] {
  return Array.from(
    { length: listLength },
    (_, index) => `registry.example.com/shop/part-${index}:1.${rollout}.0`,
  );
}

export function revisionOfRollout(rollout: number): string {
  return revisionOf("IfNotPresent", linesOfRollout(rollout));
}

/** What of a rollout's list is in no store of a node of that kind yet. */
export function missingOf(kind: NodeKind, lines: readonly string[]): readonly string[] {
  return kind === "warm" ? [] : lines.slice(0, missingCount);
}

/** What of it nobody can pull there. */
export function unpullableOf(kind: NodeKind, lines: readonly string[]): readonly string[] {
  return kind === "failing" ? lines.slice(0, listLength - expectations.failing.present) : [];
}
