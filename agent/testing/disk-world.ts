import { createBackoff } from "../backoff.ts";
import { createDiskGate } from "../disk-gate.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createRecordingLog } from "./recording-log.ts";

/** A disk of 1,000 bytes, half of them free, of which a fifth must stay free. A test changes what it wants changed. */
export function createDiskWorld({ jitter = 1, scale = 1, minFreePercent = 20 } = {}) {
  const disk = { freeBytes: 500, totalBytes: 1_000, isUnderPressure: false, largestImageBytes: 0 };
  const deeds: (() => void)[] = [];
  let timesRead = 0;
  let timesAsked = 0;
  const world = {
    clock: createFakeClock(),
    backoff: createBackoff(() => jitter, scale),
    log: createRecordingLog(),
    minFreePercent,
    diskSpace: () => {
      timesRead += 1;
      return disk;
    },
    largestImageBytes: () => disk.largestImageBytes,
    diskPressure: {
      isReported: () => disk.isUnderPressure,
      ask: async () => {
        timesAsked += 1;
        for (const deed of deeds) deed();
      },
    },
  };
  return {
    ...world,
    disk,
    gate: createDiskGate(world),
    /** How often the free space was looked at. */
    timesRead: () => timesRead,
    /** How often the API server was asked for the pressure; `onAsk` does something in the world each time. */
    timesAsked: () => timesAsked,
    onAsk: (deed: () => void) => deeds.push(deed),
  };
}
