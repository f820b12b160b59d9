import { access, constants } from "node:fs/promises";
import { basename } from "node:path";
import type { Clock } from "../clock.ts";
import type { CommandResult } from "../commands/command-result.ts";
import { createDeadline, sleep } from "../deadline.ts";
import type { Log } from "../log.ts";
import type { Nap } from "../nap.ts";
import type { Machine } from "./machine.ts";
import type { Streams } from "./streams.ts";

/** The environment variable in which a process finds what the one before it has handed over. */
export const stateVariable = "PREFETCHER_STATE";

/** Who may wait in the place of a process. */
export interface HandOver {
  /** Absolute path of `snooze`, or of what takes its arguments; undefined where the process waits itself. */
  readonly sleeper: string | undefined;
  readonly machine: Machine;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What `run` comes to, once it ends as more than a nap. For a nap this process becomes the sleeper, which becomes the same command again when
 * the nap is over; `run` gets what was handed over. Where there is no sleeper to be had the process waits and runs it again itself. Rejects with
 * the signal's reason when `signal` aborts.
 */
export async function withNaps(
  handOver: HandOver,
  run: (carried: string | undefined) => Promise<CommandResult | Nap>,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { clock, machine } = handOver;
  let end = restOfNap(machine.env[stateVariable], clock) ?? (await run(stateIn(machine.env[stateVariable])));
  while ("kind" in end) {
    await becomeSleeper(end, handOver, signal);
    await sleep(clock, end.delayMs, signal);
    end = await run(end.state);
  }
  return end;
}

// The sleeper knows times of the day alone, so that a longer nap is several.
const longestNapMs = 23 * 3_600_000;

// No flag takes a longer wait; a time that is further off is of a clock that somebody has set since.
const longestWaitMs = 25 * 24 * 3_600_000;

const unfinished = /^until ([0-9]{1,15}) (.*)$/s;

/** What is left of a nap that was too long for the sleeper; undefined where it is over, or was none. */
function restOfNap(carried: string | undefined, clock: Clock): Nap | undefined {
  const [, until, state] = unfinished.exec(carried ?? "") ?? [];
  const delayMs = Number(until) - clock.date().getTime();
  return state !== undefined && delayMs > 1_000 && delayMs <= longestWaitMs
    ? { kind: "nap", delayMs, state }
    : undefined;
}

function stateIn(carried: string | undefined): string | undefined {
  return unfinished.exec(carried ?? "")?.[2] ?? carried;
}

// Lines that nobody reads must not keep the process from its sleep.
const lastLinesLimitMs = 1_000;

/** Never comes back, where the sleeper can be started. */
async function becomeSleeper(
  { delayMs, state }: Nap,
  { sleeper, machine, streams, clock, log }: HandOver,
  signal: AbortSignal,
): Promise<void> {
  if (sleeper === undefined) return;
  const { execve } = machine;
  const why =
    execve === undefined ? "this Node.js cannot become another program" : await whyNot(sleeper, state);
  if (execve === undefined || why !== undefined) {
    log.warn({ sleeper, error: why }, "the sleeper cannot be started; the process waits itself");
    return;
  }
  const napMs = Math.min(delayMs, longestNapMs);
  const wakeMs = clock.date().getTime() + napMs;
  const carried =
    delayMs > longestNapMs ? `until ${Math.round(wakeMs - longestNapMs + delayMs)} ${state}` : state;
  // Before as well: a signal that has aborted already would not end the wait for the last lines.
  signal.throwIfAborted();
  await untilWritten(streams.stdout, clock, signal);
  // A turn of I/O, in which a signal that has come meanwhile is heard of; the next program would not.
  await new Promise<void>((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
  execve.call(
    machine,
    sleeper,
    sleeperArguments(sleeper, napMs, wakeMs, machine),
    environmentWith(carried, machine),
  );
}

// The kernel takes 128 KiB for one variable, and a process that cannot become another one aborts.
const mostStateBytes = 120 * 1024;

async function whyNot(sleeper: string, state: string): Promise<string | undefined> {
  if (Buffer.byteLength(state) > mostStateBytes)
    return "there is more to hand over than an environment can hold";
  try {
    await access(sleeper, constants.X_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Waits until the last lines have gone, if somebody reads them: what the process still holds would be lost. */
async function untilWritten(stdout: NodeJS.WriteStream, clock: Clock, signal: AbortSignal): Promise<void> {
  using deadline = createDeadline(clock, lastLinesLimitMs, signal);
  await new Promise<void>((resolve) => {
    deadline.signal.addEventListener("abort", () => resolve(), { once: true });
    stdout.write("", () => resolve());
  });
}

// With some minutes to spare, or the very minute in which it begins would be the one that it waits for.
const longestWithoutHourMs = 55 * 60_000;

/** The arguments, its own name among them, with which snooze waits until then and becomes this command again. */
function sleeperArguments(sleeper: string, napMs: number, wakeMs: number, machine: Machine): string[] {
  // A second more than the time: one that has just passed would come again tomorrow.
  const wake = new Date(wakeMs + 1_000);
  const [minute, second] = [wake.getUTCMinutes(), wake.getUTCSeconds()];
  // Without the hour, where it can be left out: a clock that is set back would be waited for otherwise, hours on end.
  const hour = napMs < longestWithoutHourMs ? "*" : String(wake.getUTCHours());
  // With its own slack of a minute, a clock that is set past the time would let it wait for the next one; this is past no clock.
  const at = ["-s", "9999d", "-H", hour, "-M", String(minute), "-S", String(second)];
  return [basename(sleeper), ...at, machine.execPath, ...machine.execArgv, ...machine.argv.slice(1)];
}

function environmentWith(state: string, { env }: Machine): Record<string, string> {
  const texts = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  // The sleeper reads its times in this zone; a name of one would need files that the image has not.
  return { ...Object.fromEntries(texts), TZ: "UTC0", [stateVariable]: state };
}
