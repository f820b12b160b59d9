import { createDeadline, sleep } from "./deadline.ts";
import { missingRequired } from "./entries-to-pull.ts";
import { type Found, findOut } from "./find-out.ts";
import type { Entry } from "./image-list.ts";
import type { KeepContext } from "./keep-look-result.ts";
import { verdictWithAllThere } from "./keep-plan.ts";
import { lookAtImages } from "./look.ts";
import { type Known, markNode } from "./mark-node.ts";
import type { NodeMarks } from "./node-api.ts";
import { saysVerdict, standingFailuresFrom } from "./node-record.ts";
import { isThere, type Outcome } from "./outcome.ts";
import { outcomesOf } from "./outcomes-of.ts";
import type { PullResult } from "./pull-image.ts";
import { createPullsOfRound } from "./pulls-of-round.ts";
import { settleRequired } from "./round.ts";
import type { RoundResult } from "./round-result.ts";

/** A required image went while optional ones were pulled, which were given up for it. */
export interface Interrupted {
  readonly kind: "interrupted";
  /** What things had come to by then, with the required ones as they were before they went. */
  readonly outcomes: readonly Outcome[];
}

/** By `imageKey`. */
export type PullResults = ReadonlyMap<string, PullResult>;

/**
 * A round as any other, but for three things. What is in `left` is not pulled, and has come to that. The Node is not told that the turn of an
 * optional image has not come yet where it says the verdict. And while optional images are pulled the node is looked at once in each interval: the
 * Node is made to say what is there, and where a required image is gone the round ends for it. Rejects with the signal's reason when `signal` aborts.
 */
export async function runKeepRound(
  context: KeepContext,
  left: PullResults,
  signal: AbortSignal,
): Promise<RoundResult | Interrupted> {
  const all = await findOut(context, signal);
  if ("kind" in all) return all;
  const isTried = ({ imageKey }: Entry) => !left.has(imageKey);
  const found = { ...all, required: all.required.filter(isTried), optional: all.optional.filter(isTried) };
  const { look, marks, optional } = found;
  using pullTime = createDeadline(context.clock, context.pullTimeoutMs, signal);
  const pulls = createPullsOfRound(context, look, marks);
  const before = standingResults(context, marks, optional, "it failed before");
  const known = () => knownBy(new Map([...before, ...left, ...pulls.results]), optional);
  const result = isSaidAlready(context, found, left)
    ? saidAlready(context, found, known())
    : await settleRequired(context, found, { pulls, pullSignal: pullTime.signal, known }, signal);
  if (optional.length === 0 || result.kind !== "verdict") return result;

  const pull = (stop: AbortSignal) => pulls.pullAll(optional, AbortSignal.any([pullTime.signal, stop]));
  const end = await whileLooking(
    context,
    pull,
    () => lookMeanwhile(context, result.outcomes, known, signal),
    signal,
  );
  return end ?? markNode(context, known(), signal);
}

/** What is known with these results, where the optional entries without one have not had their turn. */
export function knownBy(pulls: PullResults, optional: readonly Entry[]): Pick<Known, "pulls" | "pending"> {
  const pending = optional.map(({ imageKey }) => imageKey).filter((key) => !pulls.has(key));
  return { pulls, pending: new Set(pending) };
}

/** What the Node says that these entries have failed with: that stands until it is better known. `message` says why it is not. */
export function standingResults(
  context: KeepContext,
  marks: NodeMarks | undefined,
  entries: readonly Entry[],
  message: string,
): PullResults {
  const failures = standingFailuresFrom(marks?.annotation, context);
  return new Map(
    entries.flatMap(({ imageKey, displayName }) => {
      const reason = failures?.get(displayName);
      return reason === undefined ? [] : [[imageKey, notTried(reason, message)] as const];
    }),
  );
}

/** What an image came to that this round does not pull. */
export function notTried(
  reason: Extract<PullResult, { kind: "failed" }>["failure"]["reason"],
  message: string,
): PullResult {
  return { kind: "failed", failure: { reason, message }, attempts: 0, durationMs: 0 };
}

/** Whether only optional images are to be pulled, and the Node says what it is to say of the others. */
function isSaidAlready(
  context: KeepContext,
  { look, marks, required, optional }: Found,
  left: PullResults,
): boolean {
  return (
    required.length + left.size === 0 &&
    optional.length > 0 &&
    missingRequired(context, look).length === 0 &&
    marks !== undefined &&
    saysVerdict(verdictWithAllThere(context), context, marks)
  );
}

function saidAlready(
  context: KeepContext,
  { look }: Found,
  known: Pick<Known, "pulls" | "pending">,
): RoundResult {
  const outcomes = outcomesOf({ ...context, ...known, look });
  return { kind: "verdict", verdict: verdictWithAllThere(context), outcomes };
}

/** A look while optional images are pulled; how the round ends for it, undefined where it goes on. */
async function lookMeanwhile(
  context: KeepContext,
  outcomes: readonly Outcome[],
  known: () => Pick<Known, "pulls" | "pending">,
  signal: AbortSignal,
): Promise<RoundResult | Interrupted | undefined> {
  const look = await lookAtImages(context, signal);
  const hasGone = (outcome: Outcome) =>
    outcome.entry.isRequired && isThere(outcome) && look.answerFor(outcome.entry).kind !== "present";
  const images = outcomes.filter(hasGone).map(({ entry }) => entry.displayName);
  if (images.length > 0) {
    context.log.warn({ images }, "required images are gone: the pulls of optional ones wait for them");
    const now = outcomesOf({ ...context, ...known(), look });
    const before = new Map(outcomes.filter(hasGone).map((outcome) => [outcome.entry, outcome]));
    return { kind: "interrupted", outcomes: now.map((outcome) => before.get(outcome.entry) ?? outcome) };
  }
  const result = await markNode(context, { ...known(), look }, signal);
  return "outcomes" in result ? undefined : result;
}

/** Pulls, and looks once in each interval, until the pulls have ended, or are ended by what a look came to: that, then. */
async function whileLooking<End>(
  { clock, intervalMs }: KeepContext,
  pull: (stop: AbortSignal) => Promise<void>,
  look: () => Promise<End | undefined>,
  signal: AbortSignal,
): Promise<End | undefined> {
  const [stop, enough] = [new AbortController(), new AbortController()];
  const looks = async () => {
    const untilEnough = AbortSignal.any([signal, enough.signal]);
    for (;;) {
      await sleep(clock, intervalMs, untilEnough).catch(() => signal.throwIfAborted());
      if (enough.signal.aborted) return undefined;
      const end = await look();
      if (end !== undefined) stop.abort(new Error("the round has ended for what a look found"));
      if (end !== undefined) return end;
    }
  };
  const pulled = pull(stop.signal).finally(() => enough.abort());
  // Both are waited for: a request under way may still change the Node.
  const [pulledEnd, looksEnd] = await Promise.allSettled([pulled, looks()]);
  if (looksEnd.status === "rejected") throw looksEnd.reason;
  if (looksEnd.value === undefined && pulledEnd.status === "rejected") throw pulledEnd.reason;
  return looksEnd.value;
}
