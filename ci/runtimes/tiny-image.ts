import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { tarEnd, tarHeader, tarPadding } from "../tar-entry.ts";

/** One blob or manifest as a registry serves it. */
export interface Served {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** An image of one platform with one layer. Nothing in it can be run. */
export interface TinyImage {
  readonly manifest: Served;
  readonly config: Served;
  readonly layer: Served;
}

/** What an image is made of. */
export interface TinyImageOptions {
  /** Default `amd64` or `arm64`, as this machine. */
  readonly architecture?: string;
  /** How many bytes the layer's only file has, all zeros. Default 1000. */
  readonly bytes?: number;
  /** The layer is gzipped: small on the wire, large on the disk. */
  readonly compressed?: boolean;
  /** The layer is this instead of a tar archive. */
  readonly layer?: Uint8Array;
}

/** The architecture of this machine as images name it. */
export const machine: string = process.arch === "arm64" ? "arm64" : "amd64";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";

/** The image of that name: always the same one, which shares no blob with any other. */
export function tinyImage(name: string, options: TinyImageOptions = {}): TinyImage {
  const { architecture = machine, bytes = 1000, compressed = false } = options;
  const archive = options.layer ?? tarOf(name, Buffer.alloc(bytes));
  const layerType = `application/vnd.oci.image.layer.v1.tar${compressed ? "+gzip" : ""}`;
  const layer = served(layerType, compressed ? gzipSync(archive) : archive);
  const rootfs = { type: "layers", diff_ids: [digestOf(archive)] };
  const config = servedJson("application/vnd.oci.image.config.v1+json", {
    architecture,
    os: "linux",
    config: { Labels: { name } },
    rootfs,
  });
  const manifest = servedJson(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptorOf(config),
    layers: [descriptorOf(layer)],
  });
  return { manifest, config, layer };
}

/** An index that has `image` alone, for the platform `linux/<architecture>`. */
export function indexOf(image: TinyImage, architecture: string): Served {
  const manifests = [{ ...descriptorOf(image.manifest), platform: { architecture, os: "linux" } }];
  return servedJson(indexType, { schemaVersion: 2, mediaType: indexType, manifests });
}

/** `value` as JSON under that media type. */
export function servedJson(mediaType: string, value: unknown): Served {
  return served(mediaType, Buffer.from(JSON.stringify(value)));
}

/** `bytes` under that media type. */
export function served(mediaType: string, bytes: Uint8Array): Served {
  return { mediaType, digest: digestOf(bytes), bytes };
}

function descriptorOf({ mediaType, digest, bytes }: Served): object {
  return { mediaType, digest, size: bytes.length };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A ustar archive with one file. */
function tarOf(name: string, content: Uint8Array): Buffer {
  const { length } = content;
  return Buffer.concat([tarHeader(name, length), content, tarPadding(length), tarEnd]);
}
