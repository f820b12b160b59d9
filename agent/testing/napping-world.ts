import assert from "node:assert/strict";
import { keep } from "../commands/keep.ts";
import { msUntilNextLook } from "../look-times.ts";
import type { KeepSettings } from "../settings.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createFakeImageService } from "./fake-image-service.ts";
import { createFakeNodeApi } from "./fake-node-api.ts";
import { prefetchDefaults } from "./prefetch-world.ts";
import { createRecordingLog } from "./recording-log.ts";
import { createRoundWorld, mark } from "./round-world.ts";

const minuteMs = 60_000;
/** How far the looks are apart. */
export const keepIntervalMs = 10 * minuteMs;
const never = new AbortController().signal;

/** A node that holds `a`, and whose Node says succeeded; `run` is one process, which is given what the one before it handed over. */
export function createNappingWorld(settings: Partial<KeepSettings> = {}, jitter = 0) {
  const clock = createFakeClock();
  const imageService = createFakeImageService("a");
  const nodeApi = createFakeNodeApi();
  const log = createRecordingLog();
  let spentCpuMs = 123.4;
  mark({ ...createRoundWorld(["a"]), nodeApi }, { verdict: "succeeded" });
  const dependencies = {
    imageService,
    nodeApi,
    clock,
    log,
    keyring: [],
    random: () => jitter,
    platform: "linux/amd64",
    diskSpace: () => ({ freeBytes: 50, totalBytes: 100 }),
    socketsIn: async () => [],
    cpuMs: () => spentCpuMs,
  };
  const all = { ...prefetchDefaults, intervalMs: keepIntervalMs, sleeper: "/snooze", ...settings };
  const start = (carried: string | undefined, signal = never, lines: readonly string[] = ["a"]) =>
    keep(all, lines, { ...dependencies, carried }, signal);
  const nap = async (carried?: string) => {
    const end = await clock.finish(start(carried));
    assert.ok("kind" in end, JSON.stringify(end));
    return end;
  };
  return {
    clock,
    imageService,
    nodeApi,
    log,
    start,
    /** A process that ends as a nap. */
    nap,
    /** The one after `before`'s nap is over. */
    wake: async (before: { delayMs: number; state: string }) => {
      await clock.advance(before.delayMs);
      return nap(before.state);
    },
    /** Has the process take so much processor time in all. */
    spend: (ms: number) => {
      spentCpuMs = ms;
    },
    untilGrid: () => msUntilNextLook(all, clock.date().getTime()),
    untilFirst: () => msUntilNextLook({ ...all, intervalMs: minuteMs }, clock.date().getTime()),
    /** The process that has had its first look, at whatever time, and now looks once in each interval. */
    settled: async () => {
      const first = await nap();
      await clock.advance(first.delayMs);
      const second = await nap(first.state);
      await clock.advance(second.delayMs);
      return nap(second.state);
    },
  };
}
