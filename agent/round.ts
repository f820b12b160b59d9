import { createDeadline } from "./deadline.ts";
import { missingRequired } from "./entries-to-pull.ts";
import { type Found, findOut } from "./find-out.ts";
import type { Entry } from "./image-list.ts";
import { type Known, markNode } from "./mark-node.ts";
import { createPullsOfRound, type PullsOfRound } from "./pulls-of-round.ts";
import type { RoundContext } from "./round-context.ts";
import type { RoundResult } from "./round-result.ts";
import { type Before, type Withdrawal, withdraw } from "./withdraw.ts";

/**
 * One pass over the list, as the contract numbers its steps: read the Node, look at the images, withdraw a label
 * that is no longer true, pull the required images that are missing, look again, write the verdict; then the optional
 * ones, which the verdict does not wait for. Two requests to the API server where all is there, four where
 * something is pulled. `isUnanswered` says that a removal of the label was sent before that may still come to pass, so that the verdict has to be
 * written whatever the Node says. Rejects with the signal's reason when `signal` aborts; no verdict is written then.
 */
export async function runRound(
  context: RoundContext,
  signal: AbortSignal,
  isUnanswered = false,
): Promise<RoundResult> {
  const found = await findOut(context, signal);
  return "kind" in found ? found : restOfRound(context, found, signal, isUnanswered);
}

/** What a round does with what it has found out. `isUnanswered` is as `runRound` has it. */
export async function restOfRound(
  context: RoundContext,
  found: Found,
  signal: AbortSignal,
  isUnanswered = false,
): Promise<RoundResult> {
  const { look, marks, optional } = found;
  const pulls = createPullsOfRound(context, look, marks);
  using pullTime = createDeadline(context.clock, context.pullTimeoutMs, signal);
  const known = () => ({ pulls: pulls.results, pending: pendingOf(optional) });
  const underWay = { pulls, pullSignal: pullTime.signal, known, isUnanswered };
  const result = await settleRequired(context, found, underWay, signal);
  if (optional.length === 0 || result.kind !== "verdict") return result;

  await pulls.pullAll(optional, pullTime.signal);
  return markNode(context, { pulls: pulls.results, pending: new Set() }, signal);
}

/** What the parts of a round share. */
export interface RoundUnderWay {
  readonly pulls: PullsOfRound;
  /** Ends the pulls. */
  readonly pullSignal: AbortSignal;
  /** What the pulls have come to by now, and what has not had its turn. */
  readonly known: () => Pick<Known, "pulls" | "pending">;
  /** As `runRound` has it. */
  readonly isUnanswered?: boolean;
}

/** The part of a round that its verdict waits for: the required images, from the label's removal to the mark on the Node. */
export async function settleRequired(
  context: RoundContext,
  { look, marks, required }: Found,
  { pulls, pullSignal, known, isUnanswered = false }: RoundUnderWay,
  signal: AbortSignal,
): Promise<RoundResult> {
  if (required.length === 0)
    return markNode(context, { ...known(), look, marks, mustWrite: isUnanswered }, signal);
  const pulling = { entries: required, pulls, signal: pullSignal };
  const isMissing = missingRequired(context, look).length > 0;
  // Under policy Always all may be there, only unconfirmed: a label stands while a moved tag is being pulled.
  const withdrawal = isMissing
    ? await pullWhileWithdrawing(context, pulling, { look, marks }, signal)
    : await pullUndisturbed(pulling);
  if (withdrawal.kind === "stop") return withdrawal.result;
  const mustWrite = isUnanswered || (withdrawal.kind === "not-yet" && withdrawal.isUnanswered);
  return markNode(context, { ...known(), mustWrite }, signal);
}

/** The `imageKey`s of the images that are pulled after the verdict. */
export function pendingOf(optional: readonly Entry[]): ReadonlySet<string> {
  return new Set(optional.map(({ imageKey }) => imageKey));
}

interface Pulling {
  readonly entries: readonly Entry[];
  readonly pulls: PullsOfRound;
  readonly signal: AbortSignal;
}

async function pullUndisturbed({ entries, pulls, signal }: Pulling): Promise<Withdrawal> {
  await pulls.pullAll(entries, signal);
  return { kind: "done" };
}

/**
 * Removes the label, then pulls. Where the label cannot be removed for now the pulls go on, and so do the tries; they end
 * the pulls where the Node turns out to belong to somebody else.
 */
async function pullWhileWithdrawing(
  context: RoundContext,
  pulling: Pulling,
  before: Before,
  signal: AbortSignal,
): Promise<Withdrawal> {
  const enough = new AbortController();
  const waitedForLong = Promise.withResolvers<undefined>();
  const letPullsStart = () => waitedForLong.resolve(undefined);
  const withdrawing = withdraw(context, before, { signal, enough: enough.signal, letPullsStart });
  const atOnce = await Promise.race([withdrawing, waitedForLong.promise]);
  if (atOnce?.kind === "stop") return atOnce;
  if (atOnce !== undefined) return pullUndisturbed(pulling);

  const stop = new AbortController();
  const watched = withdrawing.then((withdrawal) => {
    if (withdrawal.kind === "stop") stop.abort(new Error("the Node is not ours"));
    return withdrawal;
  });
  const pullsSignal = AbortSignal.any([pulling.signal, stop.signal]);
  const pulled = pullUndisturbed({ ...pulling, signal: pullsSignal }).finally(() => enough.abort());
  // Both are waited for: a request under way may still change the Node.
  const [pulledEnd, withdrawingEnd] = await Promise.allSettled([pulled, watched]);
  if (withdrawingEnd.status === "rejected") throw withdrawingEnd.reason;
  if (withdrawingEnd.value.kind !== "stop" && pulledEnd.status === "rejected") throw pulledEnd.reason;
  return withdrawingEnd.value;
}
