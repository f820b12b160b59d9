import { zstdDecompressSync } from "node:zlib";

/** The tar archive that `compressLayer` made `bytes` of. */
export function decompressLayer(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  // Node.js reads one frame and passes over the others in silence.
  for (let rest = bytes; rest.length > 0; ) {
    const { buffer, engine } = zstdDecompressSync(rest, { info: true }) as unknown as Frame;
    pieces.push(buffer);
    rest = rest.subarray(engine.bytesWritten);
  }
  return Buffer.concat(pieces);
}

// What `info` makes of the answer, which the types do not know.
interface Frame {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}
