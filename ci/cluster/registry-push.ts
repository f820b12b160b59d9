import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";

/** A layer that lies in a file: a gzipped tar archive, which may be too large to be held in memory. */
export interface GzippedLayer {
  readonly path: string;
  /** Of the file as it is. */
  readonly digest: string;
  /** Of the archive that comes out of it. */
  readonly diffId: string;
  /** A repository of the same registry that has it already, from which the registry takes it where it can. */
  readonly from?: string | undefined;
}

/** An image of one platform, ready to be pushed. */
export interface PushedImage {
  /** Uncompressed tar archives, or gzipped ones in files, lowest first. */
  readonly layers: readonly (Uint8Array | GzippedLayer)[];
  /** The OCI image configuration without `rootfs`, which follows from the layers. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Pushes the image to a plain-http registry and returns its manifest's digest, `sha256:...`. */
export async function pushImage(
  registry: string,
  name: { repository: string; tag: string },
  image: PushedImage,
): Promise<string> {
  const layers = await Promise.all(image.layers.map(layerBlob));
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const configJson = Buffer.from(JSON.stringify({ ...image.config, rootfs }));
  const config = bytesBlob("application/vnd.oci.image.config.v1+json", configJson);
  for (const blob of [...layers, config]) await pushBlob(registry, name.repository, blob);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: descriptorOf(config),
      layers: layers.map(descriptorOf),
    }),
  );
  const url = `http://${registry}/v2/${name.repository}/manifests/${name.tag}`;
  await expectOk(
    await fetch(url, { method: "PUT", headers: { "content-type": mediaType }, body: manifest }),
    url,
  );
  return digestOf(manifest);
}

interface Pushable {
  readonly mediaType: string;
  readonly digest: string;
  readonly content: Blob;
  readonly from?: string | undefined;
}

async function layerBlob(layer: Uint8Array | GzippedLayer): Promise<Pushable & { diffId: string }> {
  const mediaType = "application/vnd.oci.image.layer.v1.tar";
  if (layer instanceof Uint8Array) {
    const blob = bytesBlob(mediaType, layer);
    return { ...blob, diffId: blob.digest };
  }
  const { path, digest, diffId, from } = layer;
  // It is read as it is sent.
  return { mediaType: `${mediaType}+gzip`, digest, diffId, from, content: await openAsBlob(path) };
}

function bytesBlob(mediaType: string, bytes: Uint8Array): Pushable {
  return { mediaType, digest: digestOf(bytes), content: new Blob([Buffer.from(bytes)]) };
}

function descriptorOf({ mediaType, digest, content }: Pushable): object {
  return { mediaType, size: content.size, digest };
}

async function pushBlob(registry: string, repository: string, blob: Pushable): Promise<void> {
  const start = new URL(`http://${registry}/v2/${repository}/blobs/uploads/`);
  if (blob.from !== undefined)
    start.search = String(new URLSearchParams({ mount: blob.digest, from: blob.from }));
  const started = await fetch(start, { method: "POST" });
  await expectOk(started, start.href);
  if (blob.from !== undefined && started.status === 201) return;
  const upload = new URL(started.headers.get("location") ?? "", start);
  upload.searchParams.set("digest", blob.digest);
  const headers = { "content-type": "application/octet-stream" };
  await expectOk(await fetch(upload, { method: "PUT", headers, body: blob.content }), upload.href);
}

async function expectOk(response: Response, url: string): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
}

function digestOf(blob: Uint8Array): string {
  return `sha256:${createHash("sha256").update(blob).digest("hex")}`;
}
