import type { BenchLab } from "./lab-types.ts";
import type { PlannedRun } from "./run-order.ts";
import type { Contender, PushedBenchImage, TransferRun } from "./transfer-types.ts";

// The contender has ended, so its images are there; the watch only has to see the last of them.
const lastLookMs = 10_000;

// Below this the node must have had something already, and the run says nothing.
const leastBytesRatio = 0.999;

/** What is run where. */
export interface RunContext {
  readonly lab: Pick<BenchLab, "removeAll" | "clearCounts" | "watchImages" | "counts">;
  readonly scenario: string;
  readonly images: readonly PushedBenchImage[];
  readonly signal: AbortSignal;
}

/** The bytes of all different blobs of the images. */
export function uniqueBytes(images: readonly PushedBenchImage[]): number {
  return blobSizes(images).reduce((sum, bytes) => sum + bytes, 0);
}

/** How many different blobs the images have. */
export function uniqueBlobs(images: readonly PushedBenchImage[]): number {
  return blobSizes(images).length;
}

function blobSizes(images: readonly PushedBenchImage[]): readonly number[] {
  const sizes = images.flatMap(({ blobs }) => blobs.map(({ digest, bytes }) => [digest, bytes] as const));
  return [...new Map(sizes).values()];
}

/**
 * Takes the images off the node, lets the contender pull them, and says what it took. Throws where the contender failed, where it ended
 * without an image, and where the node did not download everything.
 */
export async function measureRun(
  context: RunContext,
  contender: Contender,
  { round }: PlannedRun,
): Promise<TransferRun> {
  const { lab, scenario, images, signal } = context;
  await lab.removeAll(images);
  await lab.clearCounts();
  await using watch = await lab.watchImages(images);
  const ran = await contender.run({ images, signal });
  await watch.allThere(AbortSignal.any([signal, AbortSignal.timeout(lastLookMs)])).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Error(missingSentence(context, contender, watch.thereAtMs), { cause });
  });
  const counts = await lab.counts(images);
  const thereAtMs = images.map(({ reference }) => watch.thereAtMs.get(reference) ?? Number.NaN);
  const secondsFrom = (startMs: number) => (Math.max(...thereAtMs) - startMs) / 1_000;
  const meanAtMs = thereAtMs.reduce((sum, each) => sum + each, 0) / thereAtMs.length;
  const { firstPullAtMs } = counts;
  const unique = uniqueBytes(images);
  const bytesRatio = counts.bodyBytes / unique;
  if (bytesRatio < leastBytesRatio) {
    const share = (100 * bytesRatio).toFixed(1);
    throw new Error(
      `${scenario}, ${contender.name}: the node downloaded ${share} % only: it had the rest before`,
    );
  }
  return {
    scenario,
    contender: contender.name,
    round,
    seconds: secondsFrom(ran.startedAtMs),
    pullingSeconds: firstPullAtMs === undefined ? undefined : secondsFrom(firstPullAtMs),
    meanSeconds: (meanAtMs - ran.startedAtMs) / 1_000,
    bytesRatio,
    linkRatio: counts.linkBytes / unique,
    requests: counts.requests,
    pullImageCalls: counts.pullImageCalls,
    cpuSeconds: ran.cpuSeconds,
    peakRssMiB: ran.peakRssMiB,
  };
}

function missingSentence(
  { scenario, images }: RunContext,
  contender: Contender,
  there: ReadonlyMap<string, number>,
): string {
  const missing = images.filter(({ reference }) => !there.has(reference)).map(({ name }) => name);
  return `${scenario}, ${contender.name}: ended without ${missing.join(", ")}`;
}
