import { entriesFromLines } from "../image-list.ts";
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
  return {
    owner: "default/my-images",
    takeOver: undefined,
    sample: false,
    pullPolicy,
    pullTimeoutMs: 3_600_000,
    labelTimeoutMs: 120_000,
    entries: entriesFromLines(lines),
    revision: revisionOf(pullPolicy, lines),
    confirmed: new Set(),
    pool: createPool(4),
    report: createReport(log),
    random: () => 0,
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
