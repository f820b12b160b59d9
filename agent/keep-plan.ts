import { type EntriesToPull, entriesToPull, missingRequired } from "./entries-to-pull.ts";
import { type Eviction, evictionOf, isFought, isLost } from "./eviction.ts";
import { appliesTo, type Entry } from "./image-list.ts";
import type { KeepContext } from "./keep-look-result.ts";
import type { KeepState } from "./keep-state.ts";
import type { Look } from "./look.ts";
import type { NodeMarks } from "./node-api.ts";
import type { Verdict } from "./outcome.ts";
import { silenceIn } from "./silence.ts";

/** What a look makes of what it found, before anything is done about it. */
export interface KeepPlan {
  /** What is known now. What was there and is gone still counts as there: nothing has been done about it. */
  readonly state: KeepState;
  /** What is not pulled, as the garbage collection would have it again. */
  readonly eviction: Eviction;
  /** The required entries that are not there, invalid ones too. */
  readonly missing: readonly Entry[];
  /** One entry for each image that is missing, or not confirmed. */
  readonly toPull: EntriesToPull;
  /** The `imageKey`s of those that were there once. */
  readonly lost: readonly string[];
  /** Whether it is time to pull any of them. */
  readonly isDue: boolean;
  /** Whether there are images of which nothing was heard for the first time: the next look says more. */
  readonly isUnsure: boolean;
}

/** What was found out about the node. */
export interface FoundByLook {
  readonly look: Look;
  /** Undefined where the Node could not be read. */
  readonly marks: NodeMarks | undefined;
}

/**
 * What is to be done, each image for itself: what has vanished is pulled now, unless it would be fought for; what failed once it is time. Silence about an image
 * counts as its absence from the second look in a row on: one call may fail, but a label must not stand for what nobody knows.
 */
export function planOf(context: KeepContext, before: KeepState, { look, marks }: FoundByLook): KeepPlan {
  const nowMs = context.clock.date().getTime();
  const { silent } = silenceIn(context, look);
  const { there, missing } = storeBy(look, context);
  const state = forgetting({ ...before, silent, there: withLost(there, missing, before) }, missing, {
    nowMs,
    ...context,
  });
  const isUnderDiskPressure = marks?.isUnderDiskPressure === true;
  const eviction = evictionOf(state, { missing, silent, isUnderDiskPressure, nowMs, ...context });
  const toPull = entriesToPull(context, look);
  const isUnheard = (key: string) => silent.has(key) && !before.silent.has(key);
  const open = [...toPull.required, ...toPull.optional]
    .map(({ imageKey }) => imageKey)
    .filter((key) => !eviction.leftUntilMs.has(key));
  const heard = open.filter((key) => !isUnheard(key));
  const isGone = (key: string) => missing.has(key) && isLost(before, key);
  const isHeld = isHeldAt(nowMs, state, context);
  return {
    // What failed and has come back by itself has not failed.
    state: open.every(isGone) ? { ...state, failedRounds: 0, pullsFromMs: 0 } : state,
    eviction,
    missing: missingRequired(context, look),
    toPull,
    lost: [...missing].filter((key) => isLost(before, key)),
    isDue: heard.some((key) => isGone(key) || !isHeld),
    isUnsure: heard.length < open.length,
  };
}

/** What the label says where all required images are there. */
export function verdictWithAllThere({
  entries,
  platform,
}: Pick<KeepContext, "entries" | "platform">): Verdict | "none" {
  return entries.some((entry) => entry.isRequired && appliesTo(entry, platform)) ? "succeeded" : "none";
}

/** The `imageKey`s that are there under each of their spellings in the list, and those that are not. */
function storeBy(look: Look, { entries, platform }: KeepContext) {
  const applying = entries.filter((entry) => appliesTo(entry, platform));
  const isMissing = (entry: Entry) => look.answerFor(entry).kind !== "present";
  const missing = new Set(applying.filter(isMissing).map(({ imageKey }) => imageKey));
  const there = new Set(applying.map(({ imageKey }) => imageKey).filter((key) => !missing.has(key)));
  return { there, missing };
}

function withLost(
  there: ReadonlySet<string>,
  missing: ReadonlySet<string>,
  { there: before }: KeepState,
): KeepState["there"] {
  return before === undefined
    ? undefined
    : new Set([...there, ...[...before].filter((key) => missing.has(key))]);
}

/** What came back is not watched for ever; where it has stayed, the garbage collection has had enough of it. */
function forgetting(
  state: KeepState,
  missing: ReadonlySet<string>,
  { nowMs, intervalMs }: { readonly nowMs: number; readonly intervalMs: number },
): KeepState {
  const leftUntilMs = new Map([...state.leftUntilMs].filter(([key]) => missing.has(key)));
  const returned = new Map([...state.returned].filter(([, ms]) => isFought(ms, nowMs, intervalMs)));
  const isWatched = (key: string) => leftUntilMs.has(key) || returned.has(key);
  const evictions = new Map([...state.evictions].filter(([key]) => isWatched(key)));
  return { ...state, leftUntilMs, returned, evictions };
}

/** Whether it is not time to try again what failed; a time further off than any wait is of a clock that somebody has set since. */
function isHeldAt(nowMs: number, { pullsFromMs }: KeepState, { retry }: KeepContext): boolean {
  const heldMs = pullsFromMs - nowMs;
  return heldMs > 0 && heldMs <= retry.maxDelayMs;
}
