import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { ClusterPlan } from "../../cluster/plan.ts";

/** A blob of a cluster's registry, as it lies on the disk. */
export interface BlobFile {
  readonly bytes: number;
  /** Its bytes from `start` on, in pieces of 256 KiB. */
  read(start: number): Readable;
}

/** Where the cluster's registry keeps the blob of that digest, `sha256:...`. */
export function blobPath({ folder }: Pick<ClusterPlan, "folder">, digest: string): string {
  const hex = digest.replace(/^sha256:/, "");
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error(`"${digest}" is no digest`);
  return join(folder, "registry/docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex, "data");
}

/** The blob of that digest, or undefined where the registry has none. */
export async function blobFile(
  cluster: Pick<ClusterPlan, "folder">,
  digest: string,
): Promise<BlobFile | undefined> {
  const path = blobPath(cluster, digest);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return { bytes: found.size, read: (start) => createReadStream(path, { start, highWaterMark: 1 << 18 }) };
}
