import { readFileSync } from "node:fs";
import type { BuiltImage } from "./build-image.ts";
import { decompressLayer } from "./decompress-layer.ts";
import { blobPath, manifestsIn } from "./oci-layout.ts";
import { readTar } from "./read-tar.ts";
import { type PartWeight, weighParts } from "./weigh-parts.ts";

/** What one platform of the image weighs. */
export interface ImageWeight {
  /** `linux/amd64` */
  readonly platform: string;
  /** Bytes of each compressed layer, the lowest first: what a node downloads. */
  readonly layerBytes: readonly number[];
  /** Of all layers together. */
  readonly compressedBytes: number;
  /** Of all layers together, as they were before they were compressed. */
  readonly bytes: number;
}

/** The layers of each platform, as the image's manifests count them. */
export function weighImage(image: BuiltImage): readonly ImageWeight[] {
  return manifestsIn(image.layout).map(({ platform, manifest }) => {
    const layerBytes = manifest.layers.map(({ size }) => size);
    const bytes = sum(layersOf(image, platform).map((layer) => layer.length));
    return { platform, layerBytes, compressedBytes: sum(layerBytes), bytes };
  });
}

/** What each part of one platform (`linux/amd64`) weighs; together they are the image, to the byte. */
export function weighPartsOf(image: BuiltImage, weight: ImageWeight): Promise<readonly PartWeight[]> {
  return weighParts(layersOf(image, weight.platform).flatMap(readTar), weight);
}

/** The layers of one platform as tar archives, the lowest first. */
export function layersOf(image: BuiltImage, platform: string): readonly Buffer[] {
  const found = manifestsIn(image.layout).find((candidate) => candidate.platform === platform);
  if (found === undefined) throw new Error(`${image.layout} has no image for ${platform}`);
  return found.manifest.layers.map(({ digest }) =>
    decompressLayer(readFileSync(blobPath(image.layout, digest))),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
