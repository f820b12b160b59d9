import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compressLayer } from "./compress-layer.ts";
import { decompressLayer } from "./decompress-layer.ts";

describe("compressLayer()", () => {
  // Two frames of it, which compress at once.
  const layer = Buffer.alloc(40 * 1024 * 1024);
  for (let place = 0; place < layer.length; place += 4_096) layer.writeUInt32LE(place * 7, place);

  it("comes to the same bytes twice, and decompressLayer() to the layer again", async () => {
    const [once, twice] = [await compressLayer(layer), await compressLayer(layer)];
    assert.ok(once.equals(twice));
    assert.ok(decompressLayer(once).equals(layer));
  });

  it("asks a node for no more than 8 MiB of memory", async () => {
    const frame = await compressLayer(layer);
    // RFC 8878, 3.1.1.1.2: the exponent in the upper five bits, from 1 KiB on. Only a frame of more than a window has it.
    const hasWindow = ((frame[4] ?? 0) & 0x20) === 0;
    assert.ok(hasWindow);
    assert.ok(2 ** (10 + ((frame[5] ?? 0) >> 3)) <= 8 * 1024 * 1024);
  });
});
