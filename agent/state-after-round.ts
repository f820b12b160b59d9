import { delayBeforeNextRound } from "./backoff.ts";
import type { KeepContext } from "./keep-look-result.ts";
import type { KeepPlan } from "./keep-plan.ts";
import type { KeepState } from "./keep-state.ts";
import { failedEntriesOf, isThere, type Outcome, requiredReasonsIn } from "./outcome.ts";

/** What is known after a look's round that came to `outcomes`. */
export function stateAfterRound(
  context: KeepContext,
  plan: KeepPlan,
  outcomes: readonly Outcome[],
): KeepState {
  const { state, eviction, lost } = plan;
  const nowMs = context.clock.date().getTime();
  const there = keysThere(outcomes);
  // What was left to the garbage collection until now is watched as well.
  const returned = lost.filter((key) => there.has(key)).map((key) => [key, nowMs] as const);
  const tried = outcomes.filter(({ entry }) => !eviction.leftUntilMs.has(entry.imageKey));
  return {
    ...state,
    there,
    confirmed: new Set(context.confirmed),
    leftUntilMs: new Map([...eviction.leftUntilMs].filter(([key]) => !there.has(key))),
    evictions: eviction.evictions,
    returned: new Map([...state.returned, ...returned]),
    ...paceAfter(context, state, tried, nowMs),
  };
}

/** The same for one that was given up while it pulled optional images, before it could say what they came to. */
export function stateAfterInterruption(
  context: KeepContext,
  plan: KeepPlan,
  outcomes: readonly Outcome[],
): KeepState {
  const state = stateAfterRound(context, plan, outcomes);
  const waiting = plan.toPull.optional
    .map(({ imageKey }) => imageKey)
    .filter((key) => plan.state.there?.has(key) === true && !state.leftUntilMs.has(key));
  const { failedRounds, pullsFromMs } = requiredReasonsIn(outcomes).length > 0 ? state : plan.state;
  return { ...state, there: new Set([...(state.there ?? []), ...waiting]), failedRounds, pullsFromMs };
}

/** Those that are there under each of their spellings in the list. */
function keysThere(outcomes: readonly Outcome[]): ReadonlySet<string> {
  const applying = outcomes.filter(({ kind }) => kind !== "skipped");
  const missing = new Set(applying.filter((each) => !isThere(each)).map(({ entry }) => entry.imageKey));
  return new Set(applying.map(({ entry }) => entry.imageKey).filter((key) => !missing.has(key)));
}

/** When it is time to try again what failed, by what is still missing: optional images count where no required one does. */
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
