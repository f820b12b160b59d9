import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { writeLayerFile } from "./layer-file.ts";

const pieces = [Buffer.alloc(100_000, "a"), Buffer.from("b")];
const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("writeLayerFile()", () => {
  for (const isCompressible of [true, false]) {
    it(`writes gzip and says both digests, ${isCompressible ? "compressed" : "stored as it is"}`, async (t) => {
      const path = await pathOf(t);
      const signal = AbortSignal.timeout(10_000);
      const layer = await writeLayerFile(pieces, path, { isCompressible, signal });
      const file = await readFile(path);
      assert.deepEqual(gunzipSync(file), Buffer.concat(pieces));
      assert.deepEqual(layer, { path, digest: digestOf(file), diffId: digestOf(Buffer.concat(pieces)) });
      assert.equal(file.length < 1_000, isCompressible);
    });
  }

  it("ends early where the signal aborts", async (t) => {
    const endless = (function* () {
      for (;;) yield Buffer.alloc(1_000);
    })();
    const aborting = new AbortController();
    const writing = writeLayerFile(endless, await pathOf(t), {
      isCompressible: false,
      signal: aborting.signal,
    });
    setImmediate(() => aborting.abort());
    await assert.rejects(writing, { name: "AbortError" });
  });
});

async function pathOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "layer-"));
  t.after(() => rm(folder, { recursive: true }));
  return join(folder, "layer.tar.gz");
}
