import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BoundBlob, type BoundsInput, boundsOf } from "./bounds.ts";

const blob = (digest: string, megabytes: number, unpackSeconds = 0): BoundBlob => ({
  digest,
  bytes: megabytes * 1e6,
  unpackTime: { gzip: (unpackSeconds * 3) / 4, tar: unpackSeconds / 4 },
});
// 80 Mbit/s are 10 MB in each second.
const input: BoundsInput = { images: [], measuredMbit: 80, delayMs: 0, cores: 2 };

describe("boundsOf()", () => {
  it("is bound by the link where all bytes take longest", () => {
    const images = [[blob("a", 30)], [blob("b", 20, 1)]];
    assert.deepEqual(boundsOf({ ...input, images }), {
      link: 5,
      unpack: 0.5,
      chain: 3,
      bound: 5,
      measuredMbit: 80,
    });
  });

  it("counts a blob that images share once", () => {
    const images = [
      [blob("base", 30, 4), blob("a", 10, 1)],
      [blob("base", 30, 4), blob("b", 10, 1)],
    ];
    const { link, unpack } = boundsOf({ ...input, images });
    assert.deepEqual([link, unpack], [5, 3]);
  });

  it("is bound by unpacking where the processors together take longest", () => {
    const images = [[blob("a", 1, 4)], [blob("b", 1, 4)], [blob("c", 1, 4)]];
    const { unpack, chain, bound } = boundsOf({ ...input, images });
    assert.deepEqual([unpack, chain, bound], [6, 3, 6]);
  });

  it("is bound by an image whose layers unpack one after the other for longer than all do together", () => {
    const images = [[blob("a", 1, 4), blob("b", 1, 4)], [blob("c", 1, 1)]];
    const { unpack, chain, bound } = boundsOf({ ...input, images });
    assert.deepEqual([unpack, chain, bound], [4.5, 6, 6]);
  });

  it("counts of a layer in turn what takes longer, to decompress it or to write its files", () => {
    const written = { digest: "a", bytes: 1, unpackTime: { gzip: 1, tar: 5 } };
    const configuration = { digest: "c", bytes: 1, unpackTime: undefined };
    const { unpack, chain } = boundsOf({ ...input, images: [[configuration, written, blob("b", 1, 4)]] });
    assert.deepEqual([unpack, chain], [5, 8]);
  });

  it("is bound by four requests in turn and the bytes of one image where the registry takes long to answer", () => {
    const images = [[blob("a", 2), blob("a", 2)], [blob("b", 1)]];
    const { link, chain, bound } = boundsOf({ ...input, images, delayMs: 250 });
    assert.deepEqual([link, chain, bound], [0.3, 1.2, 1.2]);
  });

  it("bounds nothing where there is no image", () => {
    assert.equal(boundsOf(input).bound, 0);
  });
});
