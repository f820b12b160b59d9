import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readFile, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compressLayer, zstdLevel } from "./compress-layer.ts";
import {
  type Descriptor,
  type Index,
  type Manifest,
  readJson,
  startLayout,
  writeBlob,
  writeIndex,
} from "./oci-layout.ts";
import { removeOldLayouts } from "./remove-old-layouts.ts";

// Node.js' layer takes half a minute and stays the same for weeks; the agent's takes a second and changes with each build.
const keptFromBytes = 16_000_000;

/**
 * Writes the image that buildah left in `folder` (its transport `dir:`, with all platforms and layers as they are) as an OCI
 * layout, with its layers compressed by zstd. `cache` keeps the large ones from one build to the next; the caller holds its lock.
 */
export async function compressImage(folder: string, layout: string, cache: string): Promise<void> {
  await startLayout(layout);
  const index = readJson<Index>(join(folder, "manifest.json"));
  const manifests: Descriptor[] = [];
  // buildah lists the platforms in the order in which it finished them.
  const platforms = index.manifests.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  for (const descriptor of platforms) {
    const manifest = readJson<Manifest>(join(folder, `${hexOf(descriptor.digest)}.manifest.json`));
    await writeBlob(layout, readFileSync(join(folder, hexOf(manifest.config.digest))));
    const layers: Descriptor[] = [];
    for (const { digest } of manifest.layers) {
      const bytes = await compressed(join(folder, hexOf(digest)), digest, cache);
      const mediaType = "application/vnd.oci.image.layer.v1.tar+zstd";
      layers.push({ mediaType, ...(await writeBlob(layout, bytes)) });
    }
    const text = JSON.stringify({ ...manifest, layers });
    manifests.push({ ...descriptor, ...(await writeBlob(layout, Buffer.from(text))) });
  }
  await writeIndex(layout, { ...index, manifests });
  await removeOldLayouts(cache, layerPrefix);
}

const layerPrefix = "layer-";

/** The layer in the file `path`, compressed: from `cache` where it was before. */
async function compressed(path: string, digest: string, cache: string): Promise<Buffer> {
  const layer = await readFile(path);
  if (layer.length < keptFromBytes) return compressLayer(layer);
  // Another zstd may come to other bytes.
  const key = createHash("sha256").update(`${digest} ${zstdLevel} ${process.versions.zstd}`).digest("hex");
  const kept = join(cache, `${layerPrefix}${key.slice(0, 16)}`);
  if (existsSync(kept)) {
    const now = new Date();
    await utimes(kept, now, now);
    return readFile(kept);
  }
  const bytes = await compressLayer(layer);
  const unfinished = join(cache, `unfinished-${key.slice(0, 16)}`);
  await writeFile(unfinished, bytes);
  await rename(unfinished, kept);
  return bytes;
}

function nameOf({ platform }: Descriptor): string {
  return `${platform?.os}/${platform?.architecture}`;
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1);
}
