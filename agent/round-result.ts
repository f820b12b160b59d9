import type { NodeAnswer } from "./node-api.ts";
import { foreignOwnerOf } from "./node-record.ts";
import type { Outcome, Verdict } from "./outcome.ts";
import type { RoundContext } from "./round-context.ts";

/** How a round ended. */
export type RoundResult =
  /** The Node says it; `none` where no required entry applies to this node, which has no label then. */
  | {
      readonly kind: "verdict";
      readonly verdict: Verdict | "none";
      readonly outcomes: readonly Outcome[];
    }
  /** The verdict is known and could not be written within the label's timeout. */
  | { readonly kind: "unwritten"; readonly outcomes: readonly Outcome[]; readonly message: string }
  /** Another owner's annotation stands there: nothing more was pulled or written. */
  | { readonly kind: "foreign-owner"; readonly owner: string }
  | { readonly kind: "node-gone" };

/** What ends a round before any further work: a Node that is gone, or that belongs to somebody else. */
export function reasonToStop(answer: NodeAnswer, context: RoundContext): RoundResult | undefined {
  if (answer.kind === "gone") return { kind: "node-gone" };
  if (answer.kind !== "node") return undefined;
  const foreign = foreignOwnerOf(answer.marks, context.owner, context.takeOver);
  return foreign === undefined ? undefined : { kind: "foreign-owner", owner: foreign };
}
