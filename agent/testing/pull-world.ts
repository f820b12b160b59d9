import { type Admission, createAdmission } from "../admission.ts";
import { createDiskGate, type DiskPressure } from "../disk-gate.ts";
import type { Look } from "../look.ts";
import type { NodeMarks } from "../node-api.ts";
import { type PullResult, pullImage } from "../pull-image.ts";
import { createPullsOfRound } from "../pulls-of-round.ts";
import type { RoundContext } from "../round-context.ts";
import { createRoundWorld, type RoundWorld } from "./round-world.ts";

/** A round's world, and what pulls of single images need on top. */
export interface PullWorld extends RoundWorld {
  readonly admission: Admission;
  /** Pulls the entry `line` of the world's list. */
  pull(line: string, signal: AbortSignal): Promise<PullResult>;
}

/** What a world's disk is like, apart from its space. */
export interface DiskSettings {
  readonly diskPressure?: DiskPressure;
  readonly largestImageBytes?: number;
}

const noPressure: DiskPressure = { isReported: () => false, ask: async () => {} };

/** A world for the list of `lines` with a disk that is half free; jitter adds nothing. */
export function createPullWorld(
  lines: readonly string[],
  settings: Partial<RoundContext> = {},
  { diskPressure = noPressure, largestImageBytes = 0 }: DiskSettings = {},
): PullWorld {
  const world = createRoundWorld(lines, settings);
  const diskGate = createDiskGate({ ...world, diskPressure, largestImageBytes: () => largestImageBytes });
  const admission = createAdmission({ ...world, diskGate });
  const pull = async (line: string, signal: AbortSignal) => {
    const entry = world.entries.find((each) => each.line === line);
    if (entry === undefined) throw new Error(`${line} is not in the list`);
    return pullImage(entry, { ...world, admission }, signal);
  };
  return { ...world, admission, pull };
}

/** A look that found no image at all. */
export const nothingThere: Look = { startedAtMs: 0, answerFor: () => ({ kind: "absent" }) };

/** What a round found out before its pulls. */
export interface FoundBefore {
  readonly look?: Look;
  readonly marks?: NodeMarks | undefined;
}

/** Pulls the whole list of `world` as a round does; resolves with how each ended, by `imageKey`. */
export async function pullAll(
  world: RoundWorld,
  { look = nothingThere, marks }: FoundBefore = {},
): Promise<ReadonlyMap<string, PullResult>> {
  const pulls = createPullsOfRound(world, look, marks);
  await world.clock.finish(pulls.pullAll(world.entries, new AbortController().signal));
  return pulls.results;
}

/** What became of each image: its failure's reason, or `pulled`. */
export function endsOf(results: ReadonlyMap<string, PullResult>): readonly (readonly [string, string])[] {
  return [...results].map(([key, result]) => [
    key,
    result.kind === "failed" ? result.failure.reason : "pulled",
  ]);
}
