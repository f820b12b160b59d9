import { createBackoff } from "../backoff.ts";
import { createCredentialMemory } from "../credential-memory.ts";
import { entriesFromLines, linesOf } from "../image-list.ts";
import { annotationFromRecord, type NodeRecord } from "../node-record.ts";
import { createPool } from "../pool.ts";
import { createReport } from "../report.ts";
import { revisionOf } from "../revision.ts";
import type { RoundContext } from "../round-context.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createFakeImageService, type FakeImageService } from "./fake-image-service.ts";
import { createFakeNodeApi, type FakeNodeApi } from "./fake-node-api.ts";
import { createRecordingLog, type RecordingLog } from "./recording-log.ts";

/** A round's context in which everything outside is a fake. */
export interface RoundWorld extends RoundContext {
  readonly clock: FakeClock;
  readonly imageService: FakeImageService;
  readonly nodeApi: FakeNodeApi;
  readonly log: RecordingLog;
}

/** A world for the list of `lines`: nothing is in the store, nothing on the Node, and jitter adds nothing. */
export function createRoundWorld(lines: readonly string[], settings: Partial<RoundContext> = {}): RoundWorld {
  const log = createRecordingLog();
  const pullPolicy = settings.pullPolicy ?? "IfNotPresent";
  const entries = entriesFromLines(lines);
  return {
    owner: "default/my-images",
    takeOver: undefined,
    sample: false,
    pullPolicy,
    concurrency: 4,
    pullTimeoutMs: 3_600_000,
    attemptTimeoutMs: undefined,
    minFreePercent: 20,
    labelTimeoutMs: 120_000,
    entries,
    revision: revisionOf(pullPolicy, linesOf(entries)),
    platform: "linux/amd64",
    confirmed: new Set(),
    throttledRegistries: new Set(),
    credentialMemory: createCredentialMemory(),
    keyring: [],
    pool: createPool(settings.concurrency ?? 4),
    diskSpace: () => ({ freeBytes: 50, totalBytes: 100 }),
    report: createReport(log),
    backoff: createBackoff(() => 0),
    ...settings,
    clock: createFakeClock(),
    imageService: createFakeImageService(),
    nodeApi: createFakeNodeApi(),
    log,
  };
}

/** The annotation on the world's Node, parsed. */
export function annotationOf(world: Pick<RoundWorld, "nodeApi">): Record<string, unknown> {
  return JSON.parse(world.nodeApi.marks.annotation ?? "null") as Record<string, unknown>;
}

/** Puts a label and its record for the world's list on the Node, as an earlier round would have. */
export function mark(
  world: Pick<RoundWorld, "revision" | "owner" | "entries" | "nodeApi">,
  { verdict, failed = [], ...record }: Pick<NodeRecord, "verdict"> & Partial<NodeRecord>,
): void {
  const annotation = annotationFromRecord({
    v: 1,
    revision: world.revision,
    owner: world.owner,
    verdict,
    finishedAt: "2026-01-01T00:00:00.000Z",
    entries: world.entries.length,
    present: world.entries.length - failed.length,
    skipped: 0,
    ...record,
    failed,
  });
  world.nodeApi.marks = { label: verdict === "none" ? undefined : verdict, annotation };
}

/** The world, in which each request to the API server and the runtime waits for `before` first. */
export function intercepted(world: RoundWorld, before: () => Promise<void>): RoundWorld {
  const { nodeApi, imageService } = world;
  const after = async <Answer>(request: () => Promise<Answer>): Promise<Answer> => {
    await before();
    return request();
  };
  return {
    ...world,
    nodeApi: {
      ...nodeApi,
      read: (signal) => after(() => nodeApi.read(signal)),
      write: (change, signal) => after(() => nodeApi.write(change, signal)),
    },
    imageService: {
      ...imageService,
      imageStatus: (reference, signal) => after(() => imageService.imageStatus(reference, signal)),
      pullImage: (reference, signal, credential) =>
        after(() => imageService.pullImage(reference, signal, credential)),
    },
  };
}
