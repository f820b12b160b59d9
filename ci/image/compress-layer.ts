import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";

const compress = promisify(zstdCompress);

/**
 * The level of zstd. It makes Node.js a fifth smaller than the best gzip does, for half a minute of two cores. From 20 on a node
 * would need more memory than the 8 MB that every reader of zstd has to allow.
 */
export const zstdLevel = 19;

// Each is a frame, and several are compressed at a time. How many cores there are must not show in the result.
const pieceBytes = 32 * 1024 * 1024;

/** `layer`, a tar archive, as zstd: frames one behind the other. The same bytes come to the same bytes, on any number of cores. */
export async function compressLayer(layer: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let start = 0; start < layer.length; start += pieceBytes) {
    pieces.push(layer.subarray(start, start + pieceBytes));
  }
  const params = { [constants.ZSTD_c_compressionLevel]: zstdLevel };
  return Buffer.concat(await Promise.all(pieces.map((piece) => compress(piece, { params }))));
}
