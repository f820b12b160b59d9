import { createDeadline, type Deadline } from "./deadline.ts";
import { missingRequired } from "./entries-to-pull.ts";
import { type Found, findOut } from "./find-out.ts";
import { markNode } from "./mark-node.ts";
import { pendingOf, restOfRound } from "./round.ts";
import type { RoundContext } from "./round-context.ts";
import type { RoundResult } from "./round-result.ts";
import { hasToWait, type Stagger } from "./stagger.ts";
import { withdraw } from "./withdraw.ts";

/** That pulls come next, once the node's share of the window is over: then a round begins anew, since much may be there by then. */
export interface Turn {
  readonly kind: "turn";
  readonly delayMs: number;
  /** Whether a removal of the label was sent that may still come to pass: the next round then has to write its verdict whatever the Node says. */
  readonly isUnanswered: boolean;
}

/**
 * The first round of a node that staggers its pulls. Where it has to wait before it pulls, it says on the Node what is true meanwhile, a label that is
 * no longer so removed, and comes back; else it is a round like any other. Rejects with the signal's reason when `signal` aborts.
 */
export async function firstRound(
  context: RoundContext,
  stagger: Stagger,
  signal: AbortSignal,
): Promise<RoundResult | Turn> {
  const found = await findOut(context, signal);
  if ("kind" in found) return found;
  const { required, optional, marks } = found;
  if (required.length + optional.length === 0 || !hasToWait(stagger, marks?.ageMs))
    return restOfRound(context, found, signal);
  const { delayMs, windowMs } = stagger;
  context.log.info(
    { delayMs, windowMs, toPull: required.length + optional.length },
    "something has to be pulled: waiting for this node's share of the stagger window",
  );
  using share = createDeadline(context.clock, delayMs, signal);
  const early =
    required.length === 0
      ? await markBefore(context, found, signal)
      : await withdrawBefore(context, found, share, signal);
  if (early !== undefined) return early;
  // Nobody could say how old the Node is; whoever answers now can.
  if (marks === undefined && share.remainingMs() > 0) {
    const anew = await findOut(context, signal);
    if ("kind" in anew) return anew;
    if (anew.marks !== undefined && !hasToWait(stagger, anew.marks.ageMs))
      return restOfRound(context, anew, signal);
  }
  return { kind: "turn", delayMs: share.remainingMs(), isUnanswered: false };
}

/** Only optional images are to be pulled: the verdict waits for none of them. How the round ends where it cannot be written. */
async function markBefore(
  context: RoundContext,
  { look, marks, optional }: Found,
  signal: AbortSignal,
): Promise<RoundResult | undefined> {
  const known = { pulls: new Map(), pending: pendingOf(optional), look, marks };
  const result = await markNode(context, known, signal);
  return result.kind === "verdict" ? undefined : result;
}

/** Undefined once no label stands that pulls would make untrue; else how the round ends, or that the share is over without it. */
async function withdrawBefore(
  context: RoundContext,
  found: Found,
  share: Deadline,
  signal: AbortSignal,
): Promise<RoundResult | Turn | undefined> {
  // Under policy Always all may be there, only unconfirmed: a label stands while a moved tag waits to be pulled.
  if (missingRequired(context, found.look).length === 0) return undefined;
  // While the label cannot be removed the tries go on: an untrue one must not stand for as long as a window.
  const step = { signal, enough: share.signal, letPullsStart: () => {} };
  const withdrawal = await withdraw(context, found, step);
  if (withdrawal.kind === "stop") return withdrawal.result;
  if (withdrawal.kind === "done") return undefined;
  return { kind: "turn", delayMs: 0, isUnanswered: withdrawal.isUnanswered };
}
