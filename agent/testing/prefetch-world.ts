import type { AgentDependencies } from "../commands/agent-work.ts";
import type { CommandResult } from "../commands/command-result.ts";
import { prefetch } from "../commands/prefetch.ts";
import type { Nap } from "../nap.ts";
import type { PrefetchSettings } from "../settings.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createFakeImageService, type FakeImageService } from "./fake-image-service.ts";
import { createFakeNodeApi, type FakeNodeApi } from "./fake-node-api.ts";
import { createRecordingLog, type RecordingLog } from "./recording-log.ts";

const minuteMs = 60_000;

/** The defaults of cli.ts. */
export const prefetchDefaults: PrefetchSettings = {
  instance: "my-images",
  owner: "default/my-images",
  takeOver: undefined,
  nodeName: "node-1",
  sample: false,
  list: { kind: "arguments", lines: [] },
  revision: undefined,
  pullPolicy: "IfNotPresent",
  concurrency: 4,
  pullTimeoutMs: 60 * minuteMs,
  attemptTimeoutMs: undefined,
  minFreePercent: 20,
  onFailure: "retry",
  retryInitialDelayMs: minuteMs,
  retryMaxDelayMs: 30 * minuteMs,
  intervalMs: undefined,
  staggerWindowMs: 0,
  staggerNodeAgeMs: 10 * minuteMs,
  labelTimeoutMs: 2 * minuteMs,
  backoffScale: 1,
  pullSecretFolders: [],
  credentialProviders: undefined,
  criSocket: "/run/containerd/containerd.sock",
  runtimeTimeoutMs: minuteMs,
  terminationMessagePath: "",
  sleeper: undefined,
};

/** Everything outside the command `prefetch` as a fake, and the command itself. */
export interface PrefetchWorld extends AgentDependencies {
  readonly imageService: FakeImageService;
  readonly nodeApi: FakeNodeApi;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  run(lines: readonly string[], signal?: AbortSignal): Promise<CommandResult>;
  /** The command with what an earlier process has carried over, which may end as a nap where there is a sleeper. */
  runOn(carried: string | undefined, ...lines: readonly string[]): Promise<CommandResult | Nap>;
  /** What the command over `lines` comes to, letting time pass until it has ended. */
  finish(...lines: readonly string[]): Promise<CommandResult>;
}

/** A world in which nothing is in the store, nothing on the Node, and jitter adds nothing. */
export function createPrefetchWorld(settings: Partial<PrefetchSettings> = {}): PrefetchWorld {
  const clock = createFakeClock();
  const world = {
    keyring: [],
    imageService: createFakeImageService(),
    nodeApi: createFakeNodeApi(),
    clock,
    log: createRecordingLog(),
    random: () => 0,
    platform: "linux/amd64",
    diskSpace: () => ({ freeBytes: 50, totalBytes: 100 }),
    carried: undefined,
    socketsIn: async (folder: string) => [`${folder}/other.sock`],
  };
  const never = new AbortController().signal;
  const start = (lines: readonly string[], carried: string | undefined, signal: AbortSignal) =>
    prefetch({ ...prefetchDefaults, ...settings }, lines, { ...world, carried }, signal);
  const run = async (lines: readonly string[], signal = never) => {
    const end = await start(lines, undefined, signal);
    if ("kind" in end) throw new Error("it ended as a nap");
    return end;
  };
  return {
    ...world,
    run,
    runOn: (carried, ...lines) => clock.finish(start(lines, carried, never)),
    finish: (...lines) => clock.finish(run(lines)),
  };
}
