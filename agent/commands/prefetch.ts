import { delayBeforeNextRound } from "../backoff.ts";
import { exitCode } from "../exit-code.ts";
import { firstRound, type Turn } from "../first-round.ts";
import type { Nap } from "../nap.ts";
import { requiredReasonsIn } from "../outcome.ts";
import { runRound } from "../round.ts";
import type { RoundContext } from "../round-context.ts";
import type { RoundResult } from "../round-result.ts";
import { roundsStateFrom } from "../rounds-state.ts";
import type { PrefetchSettings } from "../settings.ts";
import { type Stagger, staggerOf } from "../stagger.ts";
import { summaryOf } from "../termination-message.ts";
import { waitForRuntime } from "../wait-for-runtime.ts";
import { type AgentDependencies, checkedList, createContext, endWithoutRuntime } from "./agent-work.ts";
import { untilRoundIsDue, waitForRound } from "./between-rounds.ts";
import type { CommandResult } from "./command-result.ts";
import { foreignOwner, unwritten } from "./sentences.ts";

/**
 * Pulls the list, round after round, and keeps the Node's label and annotation true to it. Ends when the verdict is
 * `succeeded`, or as `onFailure` says; before a long wait it ends as a nap, where there is a sleeper. Rejects with the signal's reason when
 * `signal` aborts.
 */
export async function prefetch(
  settings: PrefetchSettings,
  lines: readonly string[],
  dependencies: AgentDependencies,
  signal: AbortSignal,
): Promise<CommandResult | Nap> {
  const { log, clock, carried } = dependencies;
  const list = checkedList(settings, lines);
  if ("exitCode" in list) return list;
  const { entries, revision } = list;

  const runtime = await waitForRuntime(dependencies.imageService, settings.runtimeTimeoutMs, clock, signal);
  if (runtime.kind === "unusable") return endWithoutRuntime(settings, dependencies, runtime.failure.message);
  const before = roundsStateFrom(carried, revision, entries);
  const rounds = before?.rounds ?? 0;
  const context = createContext(settings, list, dependencies, rounds === 0);
  for (const imageKey of before?.confirmed ?? []) context.confirmed.add(imageKey);
  for (const registry of before?.throttledRegistries ?? []) context.throttledRegistries.add(registry);
  log.info({ revision, entries: entries.length, runtime: runtime.version }, "the runtime is ready");
  // Whoever has handed over has waited for its turn, or has pulled.
  const stagger = before === undefined ? staggerOf(settings) : undefined;
  const nap = before === undefined ? undefined : await untilRoundIsDue(settings, context, before, signal);
  if (nap !== undefined) return nap;
  return roundAfterRound(settings, context, { rounds, stagger, random: dependencies.random }, signal);
}

interface Pace {
  /** How many rounds there have been. */
  readonly rounds: number;
  /** What the first pull is put off by; undefined where it need not be. */
  readonly stagger: Stagger | undefined;
  readonly random: () => number;
}

async function roundAfterRound(
  settings: PrefetchSettings,
  context: RoundContext,
  { rounds: roundsBefore, stagger: staggerAtFirst, random }: Pace,
  signal: AbortSignal,
): Promise<CommandResult | Nap> {
  const { clock, log } = context;
  const bounds = { initialDelayMs: settings.retryInitialDelayMs, maxDelayMs: settings.retryMaxDelayMs };
  let rounds = roundsBefore;
  let stagger = staggerAtFirst;
  let isUnanswered = false;
  for (;;) {
    const startMs = clock.nowMs();
    const result: RoundResult | Turn =
      stagger === undefined
        ? await runRound(context, signal, isUnanswered)
        : await firstRound(context, stagger, signal);
    stagger = undefined;
    let delayMs: number;
    let pieceMs: number | undefined;
    if (result.kind === "turn") ({ delayMs, isUnanswered } = result);
    else {
      isUnanswered = false;
      rounds += 1;
      tell(context, result, rounds, clock.nowMs() - startMs);
      const end = endOf(result, settings, context.revision);
      if (end !== "next-round") return end;
      const outcomes = result.kind === "verdict" ? result.outcomes : [];
      delayMs = delayBeforeNextRound(rounds, requiredReasonsIn(outcomes), bounds, random);
      log.info({ delayMs: Math.round(delayMs) }, "waiting for the next round");
      pieceMs = settings.intervalMs;
    }
    const nap = await waitForRound(settings, context, { rounds, delayMs, pieceMs }, signal);
    if (nap !== undefined) return nap;
  }
}

function tell(
  { report, revision }: RoundContext,
  result: RoundResult,
  roundNumber: number,
  elapsedMs: number,
): void {
  if (result.kind !== "verdict" && result.kind !== "unwritten") return;
  const { outcomes } = result;
  const isWritten = result.kind === "verdict";
  report.roundEnded({ roundNumber, revision, outcomes, durationMs: Math.round(elapsedMs), isWritten });
}

function endOf(
  result: RoundResult,
  settings: PrefetchSettings,
  revision: string,
): CommandResult | "next-round" {
  switch (result.kind) {
    case "node-gone":
      return {
        exitCode: exitCode.done,
        message: `the Node ${settings.nodeName} is gone; there is nothing to label`,
      };
    case "foreign-owner":
      return { exitCode: exitCode.foreignOwner, message: foreignOwner(settings, result.owner) };
    case "unwritten":
      return {
        exitCode: exitCode.unwritten,
        message: `${unwritten(settings, result.message)}\n${summaryOf(revision, result.outcomes)}`,
      };
    case "verdict": {
      const message = summaryOf(revision, result.outcomes);
      if (result.verdict !== "failed" || settings.onFailure === "continue")
        return { exitCode: exitCode.done, message };
      return settings.onFailure === "exit" ? { exitCode: exitCode.failed, message } : "next-round";
    }
  }
}
