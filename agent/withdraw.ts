import { sleep } from "./deadline.ts";
import type { Look } from "./look.ts";
import type { NodeAnswer, NodeMarks } from "./node-api.ts";
import { changeTo, type NodeRecord, standingRecordFrom } from "./node-record.ts";
import { countsOf } from "./outcome.ts";
import { outcomesOf } from "./outcomes-of.ts";
import { recordOfRound } from "./record-of-round.ts";
import type { RoundContext } from "./round-context.ts";
import { type RoundResult, reasonToStop } from "./round-result.ts";

/** What became of the label that pulls would make untrue. */
export type Withdrawal =
  /** It is gone, or was none that had to go. */
  | { readonly kind: "done" }
  /** The Node is gone or belongs to somebody else: nothing may be pulled for it. */
  | { readonly kind: "stop"; readonly result: RoundResult }
  /** Not yet; `isUnanswered` where a removal was sent that may still come to pass. */
  | { readonly kind: "not-yet"; readonly isUnanswered: boolean };

/** What the round has found out before. */
export interface Before {
  readonly look: Look;
  /** What the Node said a moment ago; undefined where it did not answer. */
  readonly marks: NodeMarks | undefined;
}

/** How a withdrawal and the pulls that it comes before keep step. */
export interface WithdrawalStep {
  /** Ends all of it at once, with its reason. */
  readonly signal: AbortSignal;
  /** Ends the tries: no further request is begun, and one under way is waited for. */
  readonly enough: AbortSignal;
  /** Called once the label has been waited for long enough, since pulls go on without an API server; maybe again later. */
  readonly letPullsStart: () => void;
}

const retryBounds = { initialDelayMs: 500, maxDelayMs: 15_000 };

// What a busy API server drops is answered at the next try; one that is down is not waited for.
const triesBeforePulls = 3;
const longestWaitBeforePullsMs = 5_000;

/**
 * Removes the label, and says in the annotation that the list is being worked on, where what the Node says would be
 * untrue while required images are pulled. Tries until it is done or `enough` aborts.
 */
export async function withdraw(
  context: RoundContext,
  { look, marks }: Before,
  { signal, enough, letPullsStart }: WithdrawalStep,
): Promise<Withdrawal> {
  const untilEnough = AbortSignal.any([signal, enough]);
  const pause = (tryNumber: number, leastMs = 0) => {
    // Longer than the pulls nothing waits, whatever the server asks for.
    const askedMs = Math.min(leastMs, context.pullTimeoutMs);
    const delayMs = Math.max(context.backoff.delayBefore(tryNumber, retryBounds), askedMs);
    if (tryNumber >= triesBeforePulls || delayMs > longestWaitBeforePullsMs) letPullsStart();
    return sleep(context.clock, delayMs, untilEnough).catch(() => signal.throwIfAborted());
  };

  let known = marks;
  let isUnanswered = false;
  // Whoever has no answer has tried as often by now.
  if (known === undefined) await pause(triesBeforePulls);
  for (let tryNumber = 1; !enough.aborted; tryNumber += 1) {
    const attempt = await tryToWithdraw(context, look, known, { signal, enough });
    if (attempt.kind !== "not-yet") return attempt;
    isUnanswered ||= attempt.isUnanswered;
    known = undefined;
    await pause(tryNumber, attempt.retryAfterMs);
  }
  return { kind: "not-yet", isUnanswered };
}

const nodeIsGone: Withdrawal = { kind: "stop", result: { kind: "node-gone" } };

type Attempt = Withdrawal & { readonly retryAfterMs?: number | undefined };

async function tryToWithdraw(
  context: RoundContext,
  look: Look,
  known: NodeMarks | undefined,
  { signal, enough }: Pick<WithdrawalStep, "signal" | "enough">,
): Promise<Attempt> {
  const read: NodeAnswer =
    known === undefined ? await context.nodeApi.read(signal) : { kind: "node", marks: known };
  if (read.kind === "gone") return nodeIsGone;
  if (read.kind !== "node") return notYet(context, read, false);
  const stop = reasonToStop(read, context);
  if (stop !== undefined) return { kind: "stop", result: stop };
  if (!isOutdated(read.marks, context.revision)) return { kind: "done" };

  // The verdict comes next, and says more.
  if (enough.aborted) return { kind: "not-yet", isUnanswered: false };
  const change = changeTo(recordUnderWay(context, look), read.marks);
  const written = await context.nodeApi.write(change, signal);
  if (written.kind === "node") return { kind: "done" };
  if (written.kind === "gone") return nodeIsGone;
  return notYet(context, written, written.kind === "unavailable");
}

/** Whether what the Node says would be untrue while required images are missing. A `failed` of the same list stays. */
function isOutdated(marks: NodeMarks, revision: string): boolean {
  return marks.label === "succeeded" || standingRecordFrom(marks.annotation).revision !== revision;
}

function recordUnderWay(context: RoundContext, look: Look): NodeRecord {
  const outcomes = outcomesOf({ ...context, look, pulls: new Map(), pending: new Set() });
  const { present, skipped } = countsOf(outcomes);
  return recordOfRound(context, { verdict: "none", present, skipped, failed: [] });
}

type NoNode = Extract<NodeAnswer, { kind: "refused" | "unavailable" }>;

function notYet(context: RoundContext, answer: NoNode, isUnanswered: boolean): Attempt {
  context.log.warn({ error: answer.message }, "the label could not be removed yet");
  const retryAfterMs = answer.kind === "unavailable" ? answer.retryAfterMs : undefined;
  return { kind: "not-yet", isUnanswered, retryAfterMs };
}
