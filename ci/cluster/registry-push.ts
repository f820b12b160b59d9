import { createHash } from "node:crypto";

/** An image of one platform, ready to be pushed. */
export interface PushedImage {
  /** Uncompressed tar archives, lowest first. */
  readonly layers: readonly Uint8Array[];
  /** The OCI image configuration without `rootfs`, which follows from the layers. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Pushes the image to a plain-http registry and returns its manifest's digest, `sha256:...`. */
export async function pushImage(
  registry: string,
  name: { repository: string; tag: string },
  image: PushedImage,
): Promise<string> {
  const rootfs = { type: "layers", diff_ids: image.layers.map(digestOf) };
  const config = Buffer.from(JSON.stringify({ ...image.config, rootfs }));
  for (const blob of [...image.layers, config]) await pushBlob(registry, name.repository, blob);
  const descriptor = (mediaType: string, blob: Uint8Array) => ({
    mediaType,
    size: blob.length,
    digest: digestOf(blob),
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: descriptor("application/vnd.oci.image.config.v1+json", config),
      layers: image.layers.map((layer) => descriptor("application/vnd.oci.image.layer.v1.tar", layer)),
    }),
  );
  const url = `http://${registry}/v2/${name.repository}/manifests/${name.tag}`;
  await expectOk(
    await fetch(url, { method: "PUT", headers: { "content-type": mediaType }, body: manifest }),
    url,
  );
  return digestOf(manifest);
}

async function pushBlob(registry: string, repository: string, blob: Uint8Array): Promise<void> {
  const start = `http://${registry}/v2/${repository}/blobs/uploads/`;
  const started = await fetch(start, { method: "POST" });
  await expectOk(started, start);
  const upload = new URL(started.headers.get("location") ?? "", start);
  upload.searchParams.set("digest", digestOf(blob));
  const headers = { "content-type": "application/octet-stream" };
  await expectOk(await fetch(upload, { method: "PUT", headers, body: Buffer.from(blob) }), upload.href);
}

async function expectOk(response: Response, url: string): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
}

function digestOf(blob: Uint8Array): string {
  return `sha256:${createHash("sha256").update(blob).digest("hex")}`;
}
