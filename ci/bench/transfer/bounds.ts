import { availableParallelism } from "node:os";
import type { BenchLab } from "./lab-types.ts";
import type { Bounds, PushedBenchImage } from "./transfer-types.ts";
import { unpackSeconds } from "./unpack-time.ts";

/** How bounds are measured. */
export interface BoundsOptions {
  /** How long the registry waits before it answers. */
  readonly delayMs: number;
  readonly signal: AbortSignal;
}

/**
 * What no contender can be faster than with these images and the link as it is now. Unpacks each different layer once, alone, on the
 * disk that the node has.
 */
export async function measureBounds(
  lab: Pick<BenchLab, "cluster" | "measureRate" | "blobPath">,
  images: readonly PushedBenchImage[],
  { delayMs, signal }: BoundsOptions,
): Promise<Bounds> {
  const seconds = new Map<string, number>();
  for (const digest of new Set(images.flatMap(layerDigests))) {
    seconds.set(digest, await unpackSeconds(lab.blobPath(digest), lab.cluster.folder, signal));
  }
  return boundsOf({
    images: images.map(({ blobs }) =>
      blobs.map((blob): BoundBlob => ({ ...blob, unpackSeconds: seconds.get(blob.digest) ?? 0 })),
    ),
    measuredMbit: await lab.measureRate(),
    delayMs,
    cores: availableParallelism(),
  });
}

/** A layer or a configuration, as far as it bounds. */
export interface BoundBlob {
  readonly digest: string;
  readonly bytes: number;
  /** Processor time to decompress and untar it; 0 for what is not a layer. */
  readonly unpackSeconds: number;
}

/** What bounds are reckoned from. */
export interface BoundsInput {
  /** Each image's blobs. Those of the same digest are the same blob. */
  readonly images: readonly (readonly BoundBlob[])[];
  readonly measuredMbit: number;
  readonly delayMs: number;
  /** How many processors there are. */
  readonly cores: number;
}

// Which manifest the tag means, the manifest, its configuration, and then the layers, all of which may be asked for at once.
const requestsInTurn = 4;

/** What no contender can be faster than. */
export function boundsOf({ images, measuredMbit, delayMs, cores }: BoundsInput): Bounds {
  const linkSeconds = (blobs: readonly BoundBlob[]) =>
    (sum(blobs, ({ bytes }) => bytes) * 8) / (measuredMbit * 1e6);
  const unpackSeconds = (blobs: readonly BoundBlob[]) => sum(blobs, (blob) => blob.unpackSeconds);
  const chainOf = (blobs: readonly BoundBlob[]) =>
    Math.max((requestsInTurn * delayMs) / 1000 + linkSeconds(blobs), unpackSeconds(blobs));

  const all = different(images.flat());
  const link = linkSeconds(all);
  const unpack = unpackSeconds(all) / cores;
  const chain = Math.max(0, ...images.map((blobs) => chainOf(different(blobs))));
  return { link, unpack, chain, bound: Math.max(link, unpack, chain), measuredMbit };
}

function different(blobs: readonly BoundBlob[]): readonly BoundBlob[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function sum(blobs: readonly BoundBlob[], of: (blob: BoundBlob) => number): number {
  return blobs.reduce((total, blob) => total + of(blob), 0);
}

/** All but the first blob, which is the configuration. */
function layerDigests({ blobs }: PushedBenchImage): readonly string[] {
  return blobs.slice(1).map(({ digest }) => digest);
}
