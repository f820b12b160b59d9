import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A blob as others name it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The list of an image's platforms. */
export interface Index {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
}

/** One platform of an image. */
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** The path of a blob in the layout `folder`. */
export function blobPath(folder: string, digest: string): string {
  return join(folder, "blobs", ...digest.split(":"));
}

/** Each platform of the image in the layout `folder`, with its manifest. Throws where there is no image. */
export function manifestsIn(folder: string): readonly { platform: string; manifest: Manifest }[] {
  const [top] = readJson<Index>(join(folder, "index.json")).manifests;
  if (top === undefined) throw new Error(`${folder} has no image`);
  return readJson<Index>(blobPath(folder, top.digest)).manifests.map(({ digest, platform }) => ({
    platform: `${platform?.os}/${platform?.architecture}`,
    manifest: readJson<Manifest>(blobPath(folder, digest)),
  }));
}

/** Starts a layout in `folder`; nothing is in it before `writeIndex`. */
export async function startLayout(folder: string): Promise<void> {
  await mkdir(join(folder, "blobs/sha256"), { recursive: true });
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

/** Writes a blob into the layout `folder` and returns what others name it by. */
export async function writeBlob(folder: string, bytes: Buffer): Promise<{ digest: string; size: number }> {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  await writeFile(blobPath(folder, digest), bytes);
  return { digest, size: bytes.length };
}

/** Writes `index` into the layout `folder` as its image `latest`. */
export async function writeIndex(folder: string, index: Index): Promise<void> {
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const named = { "org.opencontainers.image.ref.name": "latest" };
  const blob = await writeBlob(folder, Buffer.from(JSON.stringify(index)));
  const top: Index = { schemaVersion: 2, manifests: [{ mediaType, ...blob, annotations: named }] };
  await writeFile(join(folder, "index.json"), JSON.stringify(top));
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
