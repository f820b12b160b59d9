import type { Backoff } from "./backoff.ts";
import { createBell } from "./bell.ts";
import type { Clock } from "./clock.ts";
import { sleep } from "./deadline.ts";
import type { Failure } from "./failure.ts";
import type { Gate, Obstacle } from "./gate.ts";
import type { Log } from "./log.ts";
import { tryPolicies } from "./try-policy.ts";

/** The file system that images go to. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The Node's condition DiskPressure, as the API server last said. */
export interface DiskPressure {
  isReported(): boolean;
  /** Asks the API server again; where it does not answer, what was known stays. */
  ask(signal: AbortSignal): Promise<void>;
}

/** What the disk's gate looks at. */
export interface DiskGateDependencies {
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly log: Log;
  /** Read before each attempt, so it has to be quick. */
  readonly diskSpace: () => DiskSpace;
  /** What must stay free, in percent of the whole; 0 turns the guard off, not the retry after a full disk. */
  readonly minFreePercent: number;
  readonly diskPressure: DiskPressure;
  /** The largest size of this list's images that is known by now; 0 where none is. */
  readonly largestImageBytes: () => number;
}

// The size that containerd reports is the compressed one; on its disk an image is there compressed and unpacked. Seen:
// 2.0 times the size for what does not compress, 3.5 times for the agent's own image (ci/e2e, story `disk-space`).
const diskBytesPerSizeByte = 4;

// While no size is known, a pull under way keeps this part of the minimum free: by default 5 % of the disk, which is what
// lies between the minimum of 20 % and the kubelet's threshold of 15 %.
const shareOfUnknown = 0.25;

/**
 * The gate in front of the node's disk, for one round. An attempt starts only where the free space, less what the
 * attempts under way may still need (each as much as the largest image known), is not below the minimum. A disk that is
 * too full, by the guard or by the runtime's own word, holds all attempts once, for long enough that pulls under way
 * end and the kubelet can collect; if it is too full then as well, the gate closes.
 *
 * One image larger than the headroom can still pass: nobody knows its size before its pull.
 */
export function createDiskGate(dependencies: DiskGateDependencies): Gate {
  const { clock, backoff, log, diskSpace, diskPressure, minFreePercent } = dependencies;
  const { maxAttempts, delays } = tryPolicies.no_space;
  const bell = createBell();
  let inFlight = 0;
  let timesFull = 0;
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  let mustAskForPressure = false;
  let asked: Promise<void> | undefined;
  let closedBy: Failure | undefined;

  const full = (failure: Failure) => {
    timesFull += 1;
    if (timesFull >= maxAttempts) {
      closedBy = failure;
      log.warn({ error: failure.message }, "the disk is too full; nothing more is started in this round");
      return;
    }
    const delayMs = backoff.delayBefore(timesFull, delays);
    heldUntilMs = clock.nowMs() + delayMs;
    mustAskForPressure = true;
    log.warn(
      { error: failure.message, delayMs: Math.round(delayMs) },
      "the disk is too full; nothing is started for now",
    );
  };

  // One request for all that the hold has held, and nothing starts before its answer.
  const untilAsked = (signal: AbortSignal) => {
    asked ??= diskPressure.ask(signal).finally(() => {
      mustAskForPressure = false;
    });
    return asked;
  };

  const obstacle = (): Obstacle | undefined => {
    if (closedBy !== undefined) return { kind: "closed", failure: closedBy };
    const heldMs = heldUntilMs - clock.nowMs();
    if (heldMs > 0) return { kind: "wait", untilChanged: (signal) => sleep(clock, heldMs, signal) };
    if (minFreePercent === 0) return undefined;
    if (mustAskForPressure) return { kind: "wait", untilChanged: untilAsked };
    const space = diskSpace();
    const whyFull = whyNothingStarts(space, minFreePercent, diskPressure.isReported());
    if (whyFull !== undefined) {
      full({ reason: "no_space", message: whyFull });
      return obstacle();
    }
    const reservedBytes = inFlight * reserveBytes(dependencies.largestImageBytes(), space, minFreePercent);
    const left = { ...space, freeBytes: space.freeBytes - reservedBytes };
    // With nothing under way nothing is reserved, and so whoever waits here is woken by an attempt's end.
    if (whyTooFull(left, minFreePercent) === undefined) return undefined;
    return { kind: "wait", untilChanged: bell.rung };
  };

  return {
    obstacle,
    enter: () => {
      inFlight += 1;
      const timesFullBefore = timesFull;
      return (answer) => {
        inFlight -= 1;
        // Those who wait ask again once this function has ended.
        bell.ring();
        const isFull = answer?.kind === "failed" && answer.failure.reason === "no_space";
        // Attempts that were under way together found the disk full together: once.
        if (isFull && timesFull === timesFullBefore) full(answer.failure);
      };
    },
  };
}

/**
 * Why no pull is started on a disk with nothing under way, as a sentence; undefined where one is. `minFreePercent` 0 is no guard.
 */
export function whyNothingStarts(
  space: DiskSpace,
  minFreePercent: number,
  isUnderPressure: boolean,
): string | undefined {
  if (minFreePercent === 0) return undefined;
  return isUnderPressure ? underPressure : whyTooFull(space, minFreePercent);
}

/** What one pull under way may still need. */
function reserveBytes(largestImageBytes: number, { totalBytes }: DiskSpace, minFreePercent: number): number {
  if (largestImageBytes > 0) return largestImageBytes * diskBytesPerSizeByte;
  return ((totalBytes * minFreePercent) / 100) * shareOfUnknown;
}

const underPressure =
  "the Node reports DiskPressure; the kubelet removes images by itself and may evict pods until it is gone";

function whyTooFull({ freeBytes, totalBytes }: DiskSpace, minFreePercent: number): string | undefined {
  const freePercent = (freeBytes / totalBytes) * 100;
  // Not the other way round: a file system that tells no size (not a number then) must not hold the pulls for good.
  if (!(freePercent < minFreePercent)) return undefined;
  // Rounded down, or 19.96 would be shown as the 20 that it is not.
  const shownPercent = Math.floor(freePercent * 10) / 10;
  return (
    `the disk has ${shownPercent.toFixed(1)} % free, and a pull starts only where ${minFreePercent} % are ` +
    "(disk.minFreePercent, --disk-min-free-percent)"
  );
}
