import { type Admission, createAdmission } from "./admission.ts";
import { createDiskGate, type DiskPressure } from "./disk-gate.ts";
import type { Entry } from "./image-list.ts";
import type { StoredImage } from "./image-service.ts";
import { internalFailure } from "./internal-failure.ts";
import type { Look } from "./look.ts";
import type { NodeMarks } from "./node-api.ts";
import { type PullResult, pullImage } from "./pull-image.ts";
import type { RoundContext } from "./round-context.ts";

/** The pulls of one round: what their gates have learnt holds for all of them. */
export interface PullsOfRound {
  /**
   * Pulls the entries, each of another image. Resolves once all have ended, and rejects then with the signal's reason where it
   * aborted for another cause than a deadline. A fault of the agent's own fails the one entry that met it, as `internal`.
   */
  pullAll(entries: readonly Entry[], signal: AbortSignal): Promise<void>;
  /** How each image's pull ended, by `imageKey`; grows as pulls end. */
  readonly results: ReadonlyMap<string, PullResult>;
}

/** `look` says how large the images are that are there already; `marks` whether the Node is under DiskPressure. */
export function createPullsOfRound(
  context: RoundContext,
  look: Look,
  marks: NodeMarks | undefined,
): PullsOfRound {
  const results = new Map<string, PullResult>();
  let largestImageBytes = largestIn(look, context.entries);
  const diskGate = createDiskGate({
    ...context,
    diskPressure: diskPressureOf(context, marks),
    largestImageBytes: () => largestImageBytes,
  });
  const admission: Admission = createAdmission({ ...context, diskGate });

  const pullOne = async (entry: Entry, signal: AbortSignal) => {
    const result = await pullImage(entry, { ...context, admission }, signal);
    results.set(entry.imageKey, result);
    try {
      if (result.kind === "failed") return context.report.pullEnded(entry, result);
      context.confirmed.add(entry.imageKey);
      const stored = await storedAfterPull(entry, context, signal);
      context.report.pullEnded(entry, result, stored);
      largestImageBytes = Math.max(largestImageBytes, stored?.sizeBytes ?? 0);
    } catch (error) {
      const failure = internalFailure(error);
      results.set(entry.imageKey, { ...result, kind: "failed", failure });
      context.log.error({ image: entry.displayName, error: failure.message }, "a fault of the agent itself");
    }
  };
  return {
    results,
    pullAll: async (entries, signal) => {
      const ends = await Promise.allSettled(entries.map((entry) => pullOne(entry, signal)));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  };
}

function diskPressureOf({ nodeApi }: RoundContext, marks: NodeMarks | undefined): DiskPressure {
  let isReported = marks?.isUnderDiskPressure ?? false;
  return {
    isReported: () => isReported,
    ask: async (signal) => {
      const answer = await nodeApi.read(signal);
      if (answer.kind === "node") isReported = answer.marks.isUnderDiskPressure ?? false;
    },
  };
}

function largestIn(look: Look, entries: readonly Entry[]): number {
  return entries.reduce((largest, entry) => {
    const answer = look.answerFor(entry);
    return answer.kind === "present" ? Math.max(largest, answer.image.sizeBytes) : largest;
  }, 0);
}

/** What the runtime says of an image that was just pulled; undefined where it does not. */
async function storedAfterPull(
  entry: Entry,
  { imageService }: RoundContext,
  signal: AbortSignal,
): Promise<StoredImage | undefined> {
  if (signal.aborted) return undefined;
  const answer = await imageService.imageStatus(entry.imageReference, signal).catch(() => undefined);
  return answer?.kind === "present" ? answer.image : undefined;
}
