import { sleep } from "../deadline.ts";
import { isWorthNap, type Nap, shortestNapBetweenLooksMs } from "../nap.ts";
import type { RoundContext } from "../round-context.ts";
import { isRoundDue } from "../round-due.ts";
import { type RoundsDone, textFromRoundsState } from "../rounds-state.ts";
import type { PrefetchSettings } from "../settings.ts";

/** Goes on with a wait that was interrupted by a look, unless that says that the round may begin: undefined then, as at the wait's end. */
export async function untilRoundIsDue(
  settings: PrefetchSettings,
  context: RoundContext,
  { rounds, dueMs }: RoundsDone,
  signal: AbortSignal,
): Promise<Nap | undefined> {
  const { retryMaxDelayMs, intervalMs: pieceMs } = settings;
  if (dueMs === undefined || (await isRoundDue(context, dueMs, retryMaxDelayMs, signal))) return undefined;
  const delayMs = Math.max(0, dueMs - context.clock.date().getTime());
  context.log.info({ delayMs }, "looked: it is not time for the next round yet");
  return waitForRound(settings, context, { rounds, delayMs, pieceMs }, signal);
}

/** How long, and after how many rounds. */
export interface Wait {
  readonly rounds: number;
  readonly delayMs: number;
  /** After so long the node is looked at; undefined for no look. */
  readonly pieceMs: number | undefined;
}

/** Waits for the next round, with a look at the node after each piece. A nap where a sleeper is to wait instead; undefined once the round may begin. */
export async function waitForRound(
  settings: PrefetchSettings,
  context: RoundContext,
  { rounds, delayMs, pieceMs }: Wait,
  signal: AbortSignal,
): Promise<Nap | undefined> {
  const { clock } = context;
  if (pieceMs === undefined || delayMs <= pieceMs) {
    if (isWorthNap(settings.sleeper, delayMs))
      return { kind: "nap", delayMs, state: textFromRoundsState({ rounds }, context) };
    await sleep(clock, delayMs, signal);
    return undefined;
  }
  const dueMs = Math.round(clock.date().getTime() + delayMs);
  const state = textFromRoundsState({ rounds, dueMs }, context);
  if (isWorthNap(settings.sleeper, pieceMs, shortestNapBetweenLooksMs))
    return { kind: "nap", delayMs: pieceMs, state };
  await sleep(clock, pieceMs, signal);
  return untilRoundIsDue(settings, context, { rounds, dueMs }, signal);
}
