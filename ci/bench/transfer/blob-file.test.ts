import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { blobFile, blobPath } from "./blob-file.ts";

const digest = `sha256:${"ab".repeat(32)}`;

describe("blobFile()", () => {
  it("reads a blob from any byte on, and knows none that is not there", async (t) => {
    const cluster = { folder: await mkdtemp(join(tmpdir(), "blobs-")) };
    t.after(() => rm(cluster.folder, { recursive: true }));
    assert.equal(await blobFile(cluster, digest), undefined);
    await mkdir(dirname(blobPath(cluster, digest)), { recursive: true });
    await writeFile(blobPath(cluster, digest), "0123456789");
    const blob = await blobFile(cluster, digest);
    assert.equal(blob?.bytes, 10);
    const text = async (start: number) => String(Buffer.concat((await blob?.read(start).toArray()) ?? []));
    assert.deepEqual([await text(0), await text(7)], ["0123456789", "789"]);
  });
});

describe("blobPath()", () => {
  it("leaves the registry's folder for nobody", () => {
    for (const bad of ["sha256:../../x", `${digest}/..`, "sha256:ab"])
      assert.throws(() => blobPath({ folder: "/f" }, bad), /is no digest/);
  });
});
