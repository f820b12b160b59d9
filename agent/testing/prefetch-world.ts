import { type CommandResult, type PrefetchDependencies, prefetch } from "../commands/prefetch.ts";
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
  labelTimeoutMs: 2 * minuteMs,
  backoffScale: 1,
  pullSecretFolders: [],
  credentialProviders: undefined,
  criSocket: "/run/containerd/containerd.sock",
  runtimeTimeoutMs: minuteMs,
  terminationMessagePath: "",
};

/** Everything outside the command `prefetch` as a fake, and the command itself. */
export interface PrefetchWorld extends PrefetchDependencies {
  readonly imageService: FakeImageService;
  readonly nodeApi: FakeNodeApi;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  run(lines: readonly string[], signal?: AbortSignal): Promise<CommandResult>;
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
    socketsIn: async (folder: string) => [`${folder}/other.sock`],
  };
  const never = new AbortController().signal;
  const run = (lines: readonly string[], signal = never) =>
    prefetch({ ...prefetchDefaults, ...settings }, lines, world, signal);
  return { ...world, run, finish: (...lines) => clock.finish(run(lines)) };
}
