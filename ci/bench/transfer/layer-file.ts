import { createHash, type Hash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type { GzippedLayer } from "../../cluster/cluster.ts";

/** Writes the archive's pieces to `path`, gzipped, holding one of them at a time. Ends early, with an error, where the signal aborts. */
export async function writeLayerFile(
  pieces: Iterable<Buffer>,
  path: string,
  options: { readonly isCompressible: boolean; readonly signal: AbortSignal },
): Promise<GzippedLayer> {
  const { isCompressible, signal } = options;
  const [archive, file] = [createHash("sha256"), createHash("sha256")];
  // What does not compress is stored as it is by every gzip, at any level, and quickly by this one.
  const level = isCompressible ? constants.Z_DEFAULT_COMPRESSION : constants.Z_NO_COMPRESSION;
  await pipeline(
    Readable.from(pieces),
    through(archive),
    createGzip({ level }),
    through(file),
    createWriteStream(path),
    { signal },
  );
  return { path, digest: digestOf(file), diffId: digestOf(archive) };
}

function through(hash: Hash) {
  return async function* (pieces: AsyncIterable<Buffer>) {
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
  };
}

function digestOf(hash: Hash): string {
  return `sha256:${hash.digest("hex")}`;
}
