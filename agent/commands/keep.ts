import { createBackoff } from "../backoff.ts";
import { sleep } from "../deadline.ts";
import { exitCode } from "../exit-code.ts";
import { keepLook } from "../keep-look.ts";
import { inVain, type KeepContext, type KeepLook, type MarkedResult } from "../keep-look-result.ts";
import { type KeepState, keepStateFrom, textFromKeepState } from "../keep-state.ts";
import { msUntilNextLook } from "../look-times.ts";
import { isWorthNap, type Nap, shortestNapBetweenLooksMs } from "../nap.ts";
import { countsOf, type Outcome, type OutcomeCounts, verdictOf } from "../outcome.ts";
import type { KeepSettings } from "../settings.ts";
import { waitForRuntime } from "../wait-for-runtime.ts";
import { type AgentDependencies, checkedList, createContext } from "./agent-work.ts";
import type { CommandResult } from "./command-result.ts";
import { foreignOwner } from "./sentences.ts";

/** The world outside a process that keeps a label true. */
export interface KeepDependencies extends AgentDependencies {
  /** How much processor time this process has taken, and those that it was before it became this one, in milliseconds. */
  readonly cpuMs: () => number;
}

// A timer, or a clock that is set, may be this much early; the look that it was for is over then.
const earlyMs = 1_000;

// After a look that found out nothing, or could not write it: the label may be untrue. It doubles, as all nodes do so together.
const soonMs = 60_000;

// The first look: the container may have been away, for however long.
const firstLookWithinMs = 60_000;

// What is due at once is none the less not done without a pause.
const shortestWaitMs = 1_000;

/**
 * Looks at the node once in each interval, and keeps the label true to it, until `signal` aborts, with whose reason it rejects then. With a
 * sleeper it looks once and ends as a nap; the very first process only finds out when its turn comes. It ends by itself only for bad usage and
 * another owner.
 */
export async function keep(
  settings: KeepSettings,
  lines: readonly string[],
  dependencies: KeepDependencies,
  signal: AbortSignal,
): Promise<CommandResult | Nap> {
  const { clock, log, carried } = dependencies;
  const list = checkedList(settings, lines);
  if ("exitCode" in list) return list;
  const { revision } = list;
  const retry = { initialDelayMs: settings.retryInitialDelayMs, maxDelayMs: settings.retryMaxDelayMs };
  const context: KeepContext = {
    ...createContext(settings, list, dependencies, false),
    intervalMs: settings.intervalMs,
    retry,
    random: dependencies.random,
  };
  let state = keepStateFrom(carried, list);
  const intervalMs = Math.min(settings.intervalMs, firstLookWithinMs);
  let delayMs = msUntilNextLook({ ...settings, intervalMs }, clock.date().getTime());
  if (carried === undefined) {
    state = { ...state, spentCpuMs: Math.round(dependencies.cpuMs()) };
    log.info({ revision, nextLookMs: Math.round(delayMs) }, "waiting for the first look");
  }
  for (let isDue = carried !== undefined; ; isDue = true) {
    if (isDue) {
      const startMs = clock.nowMs();
      const look = await lookWithRuntime(settings, context, state, signal);
      if (look.kind === "stopped" && look.result.kind === "foreign-owner")
        return { exitCode: exitCode.foreignOwner, message: foreignOwner(settings, look.result.owner) };
      ({ state } = look);
      delayMs = msUntilNext(look, settings, dependencies.random, clock.date().getTime());
      const durationMs = Math.round(clock.nowMs() - startMs);
      const spentCpuMs = Math.round(dependencies.cpuMs());
      const cpuMs = spentCpuMs - state.spentCpuMs;
      state = { ...state, spentCpuMs };
      tell(context, look, { durationMs, cpuMs, nextLookMs: Math.round(delayMs) });
    }
    if (isWorthNap(settings.sleeper, delayMs, shortestNapBetweenLooksMs))
      return { kind: "nap", delayMs, state: textFromKeepState(state, list) };
    await sleep(clock, delayMs, signal);
  }
}

/** A runtime that is away, as while it restarts, is waited for; where it stays away nothing is found out. */
async function lookWithRuntime(
  { runtimeTimeoutMs }: KeepSettings,
  context: KeepContext,
  state: KeepState,
  signal: AbortSignal,
): Promise<KeepLook> {
  const { imageService, clock } = context;
  const runtime = await waitForRuntime(imageService, runtimeTimeoutMs, clock, signal);
  if (runtime.kind === "unusable") return inVain(state, runtime.failure.message);
  return keepLook(context, state, signal);
}

function msUntilNext(
  { state, isMissing }: KeepLook,
  settings: KeepSettings,
  random: () => number,
  nowMs: number,
): number {
  const nextLookMs = earlyMs + msUntilNextLook(settings, nowMs + earlyMs);
  const { vainLooks, failedRounds, pullsFromMs } = state;
  if (vainLooks > 0) {
    const bounds = { initialDelayMs: soonMs, maxDelayMs: settings.intervalMs };
    return Math.min(nextLookMs, createBackoff(random).delayBefore(vainLooks, bounds));
  }
  const untilPullsMs = pullsFromMs - nowMs;
  const isRetryDue = isMissing && failedRounds > 0 && untilPullsMs > 0;
  return isRetryDue ? Math.min(nextLookMs, Math.max(untilPullsMs, shortestWaitMs)) : nextLookMs;
}

interface Told {
  readonly durationMs: number;
  /** Since the look before, the start of Node.js included. */
  readonly cpuMs: number;
  readonly nextLookMs: number;
}

/** One line a look; before it what a round came to, where one was run. */
function tell(context: KeepContext, look: KeepLook, told: Told): void {
  const { log, entries } = context;
  const fields = { entries: entries.length, ...told };
  if (look.kind === "unknown")
    log.warn({ ...fields, error: look.message }, "looked: nothing could be found out");
  else if (look.kind === "held") log.info(fields, "looked: it is not time to pull again yet");
  else if (look.kind === "stopped") log.info(fields, "looked: the Node is gone");
  else tellResult(context, look, told);
}

function tellResult(
  { log, report, revision, entries }: KeepContext,
  { kind, result, state }: Extract<KeepLook, { result: MarkedResult }>,
  told: Told,
): void {
  const { outcomes } = result;
  const isWritten = result.kind === "verdict";
  const { durationMs } = told;
  const roundNumber = state.failedRounds;
  if (kind === "pulled") report.roundEnded({ roundNumber, revision, outcomes, durationMs, isWritten });
  const fields = { verdict: verdictOf(outcomes), entries: entries.length, ...countsIn(outcomes), ...told };
  if (isWritten) log.info(fields, "looked");
  else log.error({ ...fields, error: result.message }, "looked: the Node could not be made to say so");
}

function countsIn(outcomes: readonly Outcome[]): Pick<OutcomeCounts, "present" | "pulled"> {
  const { present, pulled } = countsOf(outcomes);
  return { present, pulled };
}
