import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuiltImage } from "./build-image.ts";

/** What one platform of the image weighs. */
export interface ImageWeight {
  /** `linux/amd64` */
  readonly platform: string;
  /** Bytes of each compressed layer, the lowest first: what a node downloads. */
  readonly layerBytes: readonly number[];
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** The compressed layers of each platform, as the image's manifests count them. */
export function weighImage(image: BuiltImage): readonly ImageWeight[] {
  const read = (path: string) => JSON.parse(readFileSync(join(image.layout, path), "utf8"));
  const blob = (digest: string) => read(join("blobs", ...digest.split(":")));
  const [top] = (read("index.json") as { manifests: Descriptor[] }).manifests;
  if (top === undefined) throw new Error(`${image.layout} has no image`);
  const { manifests } = blob(top.digest) as { manifests: Descriptor[] };
  return manifests.map(({ digest, platform }) => ({
    platform: `${platform?.os}/${platform?.architecture}`,
    layerBytes: (blob(digest) as { layers: Descriptor[] }).layers.map(({ size }) => size),
  }));
}
