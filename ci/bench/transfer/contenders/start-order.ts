import type { PushedBenchImage } from "../transfer-types.ts";

/** An order in which images are begun, other than the user's. */
export type StartOrder = "interleaved" | "large first";

/** The same images in that order; whatever the order leaves open stays as it is given. */
export function inStartOrder(
  images: readonly PushedBenchImage[],
  order: StartOrder,
): readonly PushedBenchImage[] {
  return order === "interleaved" ? interleaved(images) : images.toSorted((a, b) => bytesOf(b) - bytesOf(a));
}

/**
 * Spreads the images of each base evenly over the whole list, so that as few as possible wait for one another's base. A base is the largest
 * blob that an image shares with another one; those that share nothing are spread among the others.
 */
function interleaved(images: readonly PushedBenchImage[]): readonly PushedBenchImage[] {
  const groups = Map.groupBy(images, baseAmong(images));
  const placed = [...groups.values()].flatMap((group) =>
    group.map((image, index) => ({ image, place: (index + 0.5) / group.length })),
  );
  return placed.toSorted((a, b) => a.place - b.place).map(({ image }) => image);
}

function baseAmong(images: readonly PushedBenchImage[]) {
  const holders = Map.groupBy(
    images.flatMap(({ blobs }) => [...new Set(blobs.map(({ digest }) => digest))]),
    (digest) => digest,
  );
  return ({ blobs }: PushedBenchImage): string | undefined => {
    const shared = blobs.filter(({ digest }) => (holders.get(digest)?.length ?? 0) > 1);
    return shared.toSorted((a, b) => b.bytes - a.bytes)[0]?.digest;
  };
}

function bytesOf({ blobs }: PushedBenchImage): number {
  return blobs.reduce((sum, { bytes }) => sum + bytes, 0);
}
