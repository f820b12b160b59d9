import { statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { BenchLab } from "./lab-types.ts";
import type { Bounds, PushedBenchImage } from "./transfer-types.ts";
import { type UnpackTime, unpackTime } from "./unpack-time.ts";

const memory = "/dev/shm";

// The largest layer of the scenarios has 100 MB; text takes four times its download.
const roomBytes = 2e9;

/** How bounds are measured. */
export interface BoundsOptions {
  /** How long the registry waits before it answers. */
  readonly delayMs: number;
  readonly signal: AbortSignal;
}

/**
 * What the images take at least over the link as it is now, with gzip and tar: each different layer is unpacked alone, into memory where there is
 * enough of it, since what tar waits for a disk, and does for it, a runtime may do better.
 */
export async function measureBounds(
  lab: Pick<BenchLab, "cluster" | "measureRate" | "blobPath">,
  images: readonly PushedBenchImage[],
  { delayMs, signal }: BoundsOptions,
): Promise<Bounds> {
  const folder = (await hasRoom(memory)) ? memory : lab.cluster.folder;
  const seconds = new Map<string, UnpackTime>();
  for (const digest of new Set(images.flatMap(layerDigests))) {
    seconds.set(digest, await unpackTime(lab.blobPath(digest), folder, signal));
  }
  return boundsOf({
    images: images.map(({ blobs }) =>
      blobs.map((blob): BoundBlob => ({ ...blob, unpackTime: seconds.get(blob.digest) })),
    ),
    measuredMbit: await lab.measureRate(),
    delayMs,
    cores: availableParallelism(),
  });
}

async function hasRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize >= roomBytes;
}

/** A layer or a configuration, as far as it bounds. */
export interface BoundBlob {
  readonly digest: string;
  readonly bytes: number;
  /** Undefined for what is not a layer. */
  readonly unpackTime: UnpackTime | undefined;
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

/** What bounds the images. */
export function boundsOf({ images, measuredMbit, delayMs, cores }: BoundsInput): Bounds {
  const linkSeconds = (blobs: readonly BoundBlob[]) =>
    (sum(blobs, ({ bytes }) => bytes) * 8) / (measuredMbit * 1e6);
  const chainOf = (blobs: readonly BoundBlob[]) =>
    Math.max(
      (requestsInTurn * delayMs) / 1000 + linkSeconds(blobs),
      // The one may decompress what comes next while the other writes.
      sum(blobs, ({ unpackTime: time }) => (time === undefined ? 0 : Math.max(time.gzip, time.tar))),
    );

  const all = different(images.flat());
  const link = linkSeconds(all);
  const unpack = sum(all, ({ unpackTime: time }) => (time === undefined ? 0 : time.gzip + time.tar)) / cores;
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
