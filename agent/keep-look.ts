import { type BackoffBounds, delayBeforeNextRound } from "./backoff.ts";
import { entriesToPull, missingRequired } from "./entries-to-pull.ts";
import { isFought, longestHeldMs, withEviction } from "./eviction.ts";
import { appliesTo, type Entry } from "./image-list.ts";
import type { KeepState } from "./keep-state.ts";
import { type Look, lookAtImages } from "./look.ts";
import { markNode } from "./mark-node.ts";
import type { NodeMarks } from "./node-api.ts";
import { saysVerdict } from "./node-record.ts";
import { failedEntriesOf, type Verdict } from "./outcome.ts";
import { patiently } from "./patiently.ts";
import type { PullResult } from "./pull-image.ts";
import { runRound } from "./round.ts";
import type { RoundContext } from "./round-context.ts";
import { type RoundResult, reasonToStop } from "./round-result.ts";

/** What a look works with. */
export interface KeepContext extends RoundContext {
  readonly intervalMs: number;
  /** Bounds of the wait after a round that left something missing. */
  readonly retry: BackoffBounds;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** How a round ended, or the marking alone, where the Node is there and ours. */
export type MarkedResult = Extract<RoundResult, { kind: "verdict" | "unwritten" }>;

/** What a look came to, and what the next one has to know. */
export type KeepLook = { readonly state: KeepState } & (
  | {
      /**
       * - `looked` what the Node says was compared with what is there, and mended if need be; nothing was pulled
       * - `left` as `looked`, and what is missing was left to the node's garbage collection
       * - `pulled` a round was run for what is missing, or not confirmed
       */
      readonly kind: "looked" | "left" | "pulled";
      readonly result: MarkedResult;
    }
  /** The Node is gone, or another owner's. */
  | { readonly kind: "stopped"; readonly result: Exclude<RoundResult, MarkedResult> }
  /** Something is missing, the Node says so, and it is not time to pull yet. */
  | { readonly kind: "held" }
  /** The runtime did not say whether the images are there; nothing was changed. */
  | { readonly kind: "unknown"; readonly message: string }
);

/**
 * Looks once at what the node holds and at what its Node says, and makes both right again. One read and one ImageStatus per image where all is
 * well. Rejects with the signal's reason when `signal` aborts.
 */
export async function keepLook(
  context: KeepContext,
  before: KeepState,
  signal: AbortSignal,
): Promise<KeepLook> {
  const read = await patiently(context, () => context.nodeApi.read(signal), signal);
  const stop = reasonToStop(read, context);
  if (stop !== undefined) return lookFrom("looked", stop, before);
  const marks = read.kind === "node" ? read.marks : undefined;
  const state = withFirstKnowledge(before, marks, context);
  if (state.isConfirmed) for (const { imageKey } of context.entries) context.confirmed.add(imageKey);

  const look = await lookAtImages(context, signal);
  const missing = missingRequired(context, look);
  const silence = silenceAbout(missing, look);
  if (silence !== undefined) return { kind: "unknown", message: silence, state };
  const nowMs = context.clock.date().getTime();
  const found = { look, marks, missing, nowMs, isHeld: isHeldAt(nowMs, state, context) };
  return missing.length === 0
    ? lookWithAllThere(context, state, found, signal)
    : lookWithMissing(context, state, found, signal);
}

interface Found {
  readonly look: Look;
  /** Undefined where the Node could not be read. */
  readonly marks: NodeMarks | undefined;
  /** The required entries that are not there. */
  readonly missing: readonly Entry[];
  /** Since 1970. */
  readonly nowMs: number;
  /** Whether it is not time to pull yet. */
  readonly isHeld: boolean;
}

/** Whether it is not time to pull yet; a time further off than any wait is of a clock that somebody has set since. */
function isHeldAt(nowMs: number, { pullsFromMs }: KeepState, { intervalMs, retry }: KeepContext): boolean {
  const heldMs = pullsFromMs - nowMs;
  return heldMs > 0 && heldMs <= Math.max(retry.maxDelayMs, longestHeldMs(intervalMs));
}

/** Before the first look the Node says what the pod's own round came to. */
function withFirstKnowledge(state: KeepState, marks: NodeMarks | undefined, context: KeepContext): KeepState {
  if (state.wasWhole !== undefined || marks === undefined) return state;
  const hasSucceeded = saysVerdict("succeeded", context, marks);
  return { ...state, wasWhole: hasSucceeded, isConfirmed: hasSucceeded };
}

/** What the runtime said where it did not say of any missing image that it is absent; undefined where it did. */
function silenceAbout(missing: readonly Entry[], look: Look): string | undefined {
  const answers = missing
    .filter(({ invalid }) => invalid === undefined)
    .map((entry) => look.answerFor(entry));
  const failures = answers.flatMap((answer) => (answer.kind === "failed" ? [answer.failure.message] : []));
  return failures.length > 0 && failures.length === answers.length ? failures[0] : undefined;
}

async function lookWithAllThere(
  context: KeepContext,
  before: KeepState,
  { look, marks, nowMs, isHeld }: Found,
  signal: AbortSignal,
): Promise<KeepLook> {
  const state = atRest({ ...before, wasWhole: true }, context, nowMs);
  const { required, optional } = entriesToPull(context, look);
  if (required.length + optional.length > 0 && !isHeld) return lookByRound(context, state, [], signal);
  // Under policy Always `failed` stands for what was never confirmed; it stays until it is time to ask again.
  if (required.length > 0)
    return marks !== undefined && saysVerdict("failed", context, marks)
      ? { kind: "held", state }
      : lookByRound(context, state, [], signal);
  // What an optional image failed with stands in the annotation; a further write would take it out.
  if (optional.length > 0 && marks !== undefined && saysVerdict(verdictWithAllThere(context), context, marks))
    return { kind: "held", state };
  const known = { pulls: new Map(), pending: keysOf(optional), look, marks };
  return lookFrom("looked", await markNode(context, known, signal), state);
}

function verdictWithAllThere({ entries, platform }: KeepContext): Verdict | "none" {
  return entries.some((entry) => entry.isRequired && appliesTo(entry, platform)) ? "succeeded" : "none";
}

/** What came back is not watched for ever; where all of it has stayed, the garbage collection has had enough. */
function atRest(state: KeepState, { intervalMs }: KeepContext, nowMs: number): KeepState {
  const watched = Object.entries(state.returned).filter(([, returnedMs]) =>
    isFought(returnedMs, nowMs, intervalMs),
  );
  return {
    ...state,
    returned: Object.fromEntries(watched),
    evictions: watched.length === 0 ? 0 : state.evictions,
  };
}

async function lookWithMissing(
  context: KeepContext,
  state: KeepState,
  found: Found,
  signal: AbortSignal,
): Promise<KeepLook> {
  const { look, marks, missing, isHeld } = found;
  if (isHeld && marks !== undefined && saysVerdict("failed", context, marks))
    return { kind: "held", state: { ...state, wasWhole: false } };
  const vanished = state.wasWhole === true ? missing.map(({ imageKey }) => imageKey) : [];
  const eviction = withEviction(state, {
    ...found,
    vanished,
    intervalMs: context.intervalMs,
    isUnderDiskPressure: marks?.isUnderDiskPressure === true,
  });
  if (eviction === undefined) return lookByRound(context, state, vanished, signal);

  const { why } = eviction;
  context.log.warn({ reason: "evicted", error: why, missing: missing.length }, "not pulled again for now");
  const evicted: PullResult = {
    kind: "failed",
    failure: { reason: "evicted", message: why },
    attempts: 0,
    durationMs: 0,
  };
  const pulls = new Map(missing.map(({ imageKey }) => [imageKey, evicted] as const));
  const { optional } = entriesToPull(context, look);
  const known = { pulls, pending: keysOf(optional), look, marks };
  return lookFrom("left", await markNode(context, known, signal), eviction.state);
}

function lookFrom(kind: "looked" | "left" | "pulled", result: RoundResult, state: KeepState): KeepLook {
  return result.kind === "node-gone" || result.kind === "foreign-owner"
    ? { kind: "stopped", result, state }
    : { kind, result, state };
}

async function lookByRound(
  context: KeepContext,
  before: KeepState,
  vanished: readonly string[],
  signal: AbortSignal,
): Promise<KeepLook> {
  const result = await runRound(context, signal);
  if (result.kind !== "verdict") return lookFrom("pulled", result, before);
  const nowMs = context.clock.date().getTime();
  const isWhole = result.verdict !== "failed";
  const pulled = result.outcomes.flatMap(({ kind, entry }) => (kind === "pulled" ? [entry.imageKey] : []));
  // What was left to the garbage collection until now is watched as well.
  const returned = before.evictions > 0 ? pulled : pulled.filter((key) => vanished.includes(key));
  const state = {
    ...before,
    wasWhole: isWhole,
    isConfirmed: before.isConfirmed || result.verdict === "succeeded",
    returned: { ...before.returned, ...Object.fromEntries(returned.map((key) => [key, nowMs])) },
  };
  return { kind: "pulled", result, state: { ...state, ...paceAfter(context, before, result, nowMs) } };
}

/** When it is time to pull again, by what is still missing: optional images count where no required one does. */
function paceAfter(
  { retry, random }: KeepContext,
  before: KeepState,
  { outcomes }: Extract<RoundResult, { kind: "verdict" }>,
  nowMs: number,
): Pick<KeepState, "failedRounds" | "pullsFromMs"> {
  const failed = failedEntriesOf(outcomes);
  if (failed.length === 0) return { failedRounds: 0, pullsFromMs: 0 };
  const failedRounds = before.failedRounds + 1;
  const required = failed.filter((entry) => entry.required !== false);
  const reasons = (required.length > 0 ? required : failed).map(({ reason }) => reason);
  const delayMs = delayBeforeNextRound(failedRounds, reasons, retry, random);
  return { failedRounds, pullsFromMs: nowMs + Math.round(delayMs) };
}

function keysOf(entries: readonly Entry[]): ReadonlySet<string> {
  return new Set(entries.map(({ imageKey }) => imageKey));
}
