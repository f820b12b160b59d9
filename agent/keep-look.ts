import { delayBeforeNextRound } from "./backoff.ts";
import { entriesToPull, missingRequired } from "./entries-to-pull.ts";
import { type Eviction, evictionOf, isFought, longestHeldMs, lostOf } from "./eviction.ts";
import { appliesTo, type Entry } from "./image-list.ts";
import { heldLook, inVain, type KeepContext, type KeepLook, lookFrom } from "./keep-look-result.ts";
import type { KeepState } from "./keep-state.ts";
import { isSilent, type Look, lookAtImages } from "./look.ts";
import { markNode } from "./mark-node.ts";
import type { NodeAnswer, NodeMarks } from "./node-api.ts";
import { saysVerdict, standingFailuresFrom } from "./node-record.ts";
import { failedEntriesOf, type Outcome, requiredReasonsIn, type Verdict } from "./outcome.ts";
import { patiently } from "./patiently.ts";
import type { PullResult } from "./pull-image.ts";
import { runRound } from "./round.ts";
import { reasonToStop } from "./round-result.ts";

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
  for (const imageKey of state.confirmed) context.confirmed.add(imageKey);

  const look = await lookAtImages(context, signal);
  const missing = missingRequired(context, look);
  const silence = silenceAbout(missing, look);
  if (silence !== undefined) return inVain(state, silence);
  const nowMs = context.clock.date().getTime();
  const found = { read, look, marks, missing, nowMs, isHeld: isHeldAt(nowMs, state, context) };
  return missing.length === 0
    ? lookWithAllThere(context, state, found, signal)
    : lookWithMissing(context, state, found, signal);
}

interface Found {
  readonly read: NodeAnswer;
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

/** Before the first look the Node says what the pod's own round came to: all that it does not name as failed was there, and confirmed. */
function withFirstKnowledge(state: KeepState, marks: NodeMarks | undefined, context: KeepContext): KeepState {
  if (state.there !== undefined || marks === undefined) return state;
  const failed = standingFailuresFrom(marks.annotation, context);
  const there = context.entries.filter(
    (entry) => failed !== undefined && appliesTo(entry, context.platform) && !failed.has(entry.displayName),
  );
  return { ...state, there: keysOf(there), confirmed: keysOf(there) };
}

/** What the runtime said where it did not say of any missing image that it is absent; undefined where it did. */
function silenceAbout(missing: readonly Entry[], look: Look): string | undefined {
  const answers = missing
    .filter(({ invalid }) => invalid === undefined)
    .map((entry) => look.answerFor(entry));
  const [first] = answers;
  return first?.kind === "failed" && answers.every(isSilent) ? first.failure.message : undefined;
}

async function lookWithAllThere(
  context: KeepContext,
  before: KeepState,
  { read, look, marks, nowMs, isHeld }: Found,
  signal: AbortSignal,
): Promise<KeepLook> {
  const state = atRest({ ...before, there: presentBy(look, context), left: new Set() }, context, nowMs);
  const { required, optional } = entriesToPull(context, look);
  // Nothing that is known has to be written, and an API server that is down is not to be asked for minutes by every node.
  if (marks === undefined) return inVain(state, "message" in read ? read.message : "the Node is not known");
  if (required.length + optional.length > 0 && !isHeld) return lookByRound(context, state, [], signal);
  // Under policy Always `failed` stands for what was never confirmed; it stays until it is time to ask again.
  if (required.length > 0)
    return saysVerdict("failed", context, marks)
      ? heldLook(state, true)
      : lookByRound(context, state, [], signal);
  // What an optional image failed with stands in the annotation; a further write would take it out.
  if (optional.length > 0 && saysVerdict(verdictWithAllThere(context), context, marks))
    return heldLook(state, false);
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
  const evictions = watched.length === 0 ? 0 : state.evictions;
  return { ...state, returned: Object.fromEntries(watched), evictions };
}

async function lookWithMissing(
  context: KeepContext,
  state: KeepState,
  found: Found,
  signal: AbortSignal,
): Promise<KeepLook> {
  const { marks, isHeld } = found;
  const isSaid =
    marks === undefined ? state.failedRounds + state.evictions > 0 : saysVerdict("failed", context, marks);
  if (isHeld && isSaid) return heldLook(state, true);
  const missing = found.missing.map(({ imageKey }) => imageKey);
  const isUnderDiskPressure = marks?.isUnderDiskPressure === true;
  const eviction = evictionOf(state, { ...found, ...context, missing, isUnderDiskPressure });
  return eviction === undefined
    ? lookByRound(context, state, lostOf(state, missing), signal)
    : lookThatLeaves(context, state, found, eviction, signal);
}

async function lookThatLeaves(
  context: KeepContext,
  before: KeepState,
  { look, marks, missing }: Found,
  { why, left, evictions, pullsFromMs }: Eviction,
  signal: AbortSignal,
): Promise<KeepLook> {
  const lost = missing.filter(({ imageKey }) => left.has(imageKey)).map(({ displayName }) => displayName);
  context.log.warn(
    { reason: "evicted", error: why, images: lost },
    "images are gone, and not pulled for now",
  );
  const failures = standingFailuresFrom(marks?.annotation, context);
  const failed = ({ imageKey, displayName }: Entry): PullResult => {
    const failure = left.has(imageKey)
      ? { reason: "evicted" as const, message: why }
      : {
          reason: failures?.get(displayName) ?? "unknown",
          message: "it was missing before, and was not tried again",
        };
    return { kind: "failed", failure, attempts: 0, durationMs: 0 };
  };
  const pulls = new Map(missing.map((entry) => [entry.imageKey, failed(entry)] as const));
  const { optional } = entriesToPull(context, look);
  const state = { ...before, there: presentBy(look, context), left, evictions, pullsFromMs };
  return lookFrom(
    "left",
    await markNode(context, { pulls, pending: keysOf(optional), look, marks }, signal),
    state,
  );
}

async function lookByRound(
  context: KeepContext,
  before: KeepState,
  lost: readonly string[],
  signal: AbortSignal,
): Promise<KeepLook> {
  const result = await runRound(context, signal);
  if (!("outcomes" in result)) return lookFrom("pulled", result, before);
  const nowMs = context.clock.date().getTime();
  const there = keysOf(result.outcomes.filter(isThere).map(({ entry }) => entry));
  // What was left to the garbage collection until now is watched as well.
  const returned = lost.filter((key) => there.has(key)).map((key) => [key, nowMs] as const);
  const state = {
    ...before,
    there,
    left: new Set([...before.left].filter((key) => !there.has(key))),
    confirmed: new Set(context.confirmed),
    returned: { ...before.returned, ...Object.fromEntries(returned) },
    ...paceAfter(context, before, result.outcomes, nowMs),
  };
  return lookFrom("pulled", result, state);
}

function isThere({ kind }: Outcome): boolean {
  return kind === "present" || kind === "pulled";
}

/** When it is time to pull again, by what is still missing: optional images count where no required one does. */
function paceAfter(
  { retry, random }: KeepContext,
  before: KeepState,
  outcomes: readonly Outcome[],
  nowMs: number,
): Pick<KeepState, "failedRounds" | "pullsFromMs"> {
  const failed = failedEntriesOf(outcomes);
  if (failed.length === 0) return { failedRounds: 0, pullsFromMs: 0 };
  const failedRounds = before.failedRounds + 1;
  const required = requiredReasonsIn(outcomes);
  const reasons = required.length > 0 ? required : failed.map(({ reason }) => reason);
  const delayMs = delayBeforeNextRound(failedRounds, reasons, retry, random);
  return { failedRounds, pullsFromMs: nowMs + Math.round(delayMs) };
}

function presentBy(look: Look, { entries }: KeepContext): ReadonlySet<string> {
  return keysOf(entries.filter((entry) => look.answerFor(entry).kind === "present"));
}

function keysOf(entries: readonly Entry[]): ReadonlySet<string> {
  return new Set(entries.map(({ imageKey }) => imageKey));
}
