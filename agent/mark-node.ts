import { createDeadline, DeadlinePassed, sleep } from "./deadline.ts";
import { isSilent, type Look, lookAtImages } from "./look.ts";
import type { NodeAnswer, NodeMarks } from "./node-api.ts";
import { changeTo, isSaid, type NodeRecord } from "./node-record.ts";
import { countsOf, failedEntriesOf, type Outcome, verdictOf } from "./outcome.ts";
import { outcomesOf } from "./outcomes-of.ts";
import type { PullResult } from "./pull-image.ts";
import { recordOfRound } from "./record-of-round.ts";
import type { RoundContext } from "./round-context.ts";
import { type RoundResult, reasonToStop } from "./round-result.ts";

/** What the round knows before the verdict is written; what is left out is found out first. */
export interface Known {
  /** By `imageKey`. */
  readonly pulls: ReadonlyMap<string, PullResult>;
  /** The `imageKey`s of optional images whose turn has not come yet. */
  readonly pending: ReadonlySet<string>;
  readonly look?: Look | undefined;
  readonly marks?: NodeMarks | undefined;
  /**
   * An earlier change was sent, and its answer never came: it may still come to pass. A further write makes the server refuse
   * it, so one is sent even where the Node says all already.
   */
  readonly mustWrite?: boolean;
}

// `succeeded` speaks for a pass that ended at most 5 s before the write (the contract). A pass may itself take a
// while, and is counted from its start.
const lookIsFreshForMs = 5_000;

// A refusal may be rights that have not reached every API server yet; after this long it is one.
const refusalLimitMs = 30_000;

const retryBounds = { initialDelayMs: 500, maxDelayMs: 15_000 };

/**
 * Writes what the images' presence comes to, under a deadline of its own. Each try looks and reads again, so that
 * what is written is true at that time, and an owner that came meanwhile is respected; the first try takes what
 * the round just found out. Nothing is sent where the Node says it all already.
 */
export async function markNode(
  context: RoundContext,
  atFirst: Known,
  signal: AbortSignal,
): Promise<RoundResult> {
  using deadline = createDeadline(context.clock, context.labelTimeoutMs, signal);
  const state: MarkState = {
    outcomes: outcomesOf({ ...context, ...atFirst, look: atFirst.look ?? noLook }),
    heard: undefined,
    waitsFor: "the images' presence could not be found out in time",
    refusedSinceMs: undefined,
    mustWrite: atFirst.mustWrite ?? false,
  };
  let known = atFirst;
  try {
    for (let tryNumber = 1; ; tryNumber += 1) {
      const result = await tryToMark(context, known, state, deadline.signal);
      if (result.kind !== "try-again") return result;
      state.heard = result.message;
      if (isRefusedForGood(result, state, context)) break;
      // The server's wish can make a wait longer, not shorter: many nodes may have been told the same instant.
      const ownDelayMs = context.backoff.delayBefore(tryNumber, retryBounds);
      const delayMs = Math.min(Math.max(result.retryAfterMs ?? 0, ownDelayMs), deadline.remainingMs());
      context.log.warn(
        { tryNumber, delayMs: Math.round(delayMs), error: result.message },
        "the verdict is not written yet",
      );
      await sleep(context.clock, delayMs, deadline.signal);
      known = { pulls: atFirst.pulls, pending: atFirst.pending };
    }
  } catch (error) {
    if (!(error instanceof DeadlinePassed) || signal.aborted) throw error;
  }
  const seconds = Math.round((context.labelTimeoutMs - deadline.remainingMs()) / 1000);
  const message = `${state.heard ?? state.waitsFor}; given up after ${seconds} s`;
  return { kind: "unwritten", outcomes: state.outcomes, message };
}

interface MarkState {
  outcomes: readonly Outcome[];
  /** Why the latest try failed that ended; says more than what cut the one after it short. */
  heard: string | undefined;
  /** What the time ran out on where no try has ended. */
  waitsFor: string;
  /** When the refusals began that have not been interrupted since. */
  refusedSinceMs: number | undefined;
  mustWrite: boolean;
}

// What is known of the store until a look has ended.
const noLook: Look = {
  startedAtMs: Number.NEGATIVE_INFINITY,
  answerFor: () => ({
    kind: "failed",
    failure: {
      reason: "runtime_down",
      message: "the runtime did not say in time whether the image is there",
    },
  }),
};

interface TryAgain {
  readonly kind: "try-again";
  readonly isRefused: boolean;
  readonly message: string;
  readonly retryAfterMs?: number;
}

async function tryToMark(
  context: RoundContext,
  known: Known,
  state: MarkState,
  signal: AbortSignal,
): Promise<RoundResult | TryAgain> {
  const { nodeApi } = context;
  let look = known.look ?? (await lookAtImages(context, signal));
  state.outcomes = outcomesOf({ ...context, ...known, look });
  state.waitsFor = "the API server did not answer in time";
  let marks = known.marks;
  if (marks === undefined) {
    const answer = await nodeApi.read(signal);
    const stop = reasonToStop(answer, context);
    if (stop !== undefined) return stop;
    if (answer.kind !== "node") return tryAgain(answer);
    marks = answer.marks;
  }
  if (context.clock.nowMs() - look.startedAtMs > lookIsFreshForMs) {
    look = await lookAtImages(context, signal);
    state.outcomes = outcomesOf({ ...context, ...known, look });
  }
  const { outcomes } = state;
  const silence = silenceOf(outcomes, look, known.pulls);
  if (silence !== undefined) return { kind: "try-again", isRefused: false, message: silence };
  const record = recordOf(context, outcomes);
  const { verdict } = record;
  if (!state.mustWrite && isSaid(record, marks)) return { kind: "verdict", verdict, outcomes };
  const answer = await nodeApi.write(changeTo(record, marks), signal);
  state.mustWrite ||= answer.kind === "unavailable";
  if (answer.kind === "node") return { kind: "verdict", verdict, outcomes };
  return answer.kind === "gone" ? { kind: "node-gone" } : tryAgain(answer);
}

/**
 * What the runtime said instead of an answer, where that is all that keeps the verdict from being `succeeded`: the images may
 * be there, so the node has not failed. Undefined where the verdict is known.
 */
function silenceOf(outcomes: readonly Outcome[], look: Look, pulls: Known["pulls"]): string | undefined {
  let silence: string | undefined;
  for (const outcome of outcomes) {
    if (outcome.kind !== "failed" || !outcome.entry.isRequired) continue;
    const answer = look.answerFor(outcome.entry);
    if (!isSilent(answer) || pulls.get(outcome.entry.imageKey)?.kind === "failed") return undefined;
    silence ??= `the runtime does not say whether the images are there: ${outcome.failure.message}`;
  }
  return silence;
}

function recordOf(context: RoundContext, outcomes: readonly Outcome[]): NodeRecord {
  const verdict = verdictOf(outcomes);
  const { present, skipped } = countsOf(outcomes);
  return recordOfRound(context, {
    verdict,
    finishedAt: context.clock.date().toISOString(),
    present,
    skipped,
    failed: failedEntriesOf(outcomes),
  });
}

function tryAgain(answer: NodeAnswer): TryAgain {
  if (answer.kind === "refused") return { kind: "try-again", isRefused: true, message: answer.message };
  if (answer.kind !== "unavailable") throw new Error(`${answer.kind} is no reason to try again`);
  const { retryAfterMs } = answer;
  return {
    kind: "try-again",
    isRefused: false,
    message: answer.message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function isRefusedForGood(result: TryAgain, state: MarkState, { clock, backoff }: RoundContext): boolean {
  const nowMs = clock.nowMs();
  state.refusedSinceMs = result.isRefused ? (state.refusedSinceMs ?? nowMs) : undefined;
  return state.refusedSinceMs !== undefined && nowMs - state.refusedSinceMs > backoff.scaled(refusalLimitMs);
}
