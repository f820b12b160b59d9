import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { tarEnd, tarHeader, tarPadding } from "../../tar-entry.ts";
import { childrenSeconds, unpackTime } from "./unpack-time.ts";

describe("childrenSeconds()", () => {
  it("adds up the user and the system time of the second line", () => {
    assert.equal(childrenSeconds("0m9.0s 0m9.0s\n1m2.5s 0m0.25s\n"), 62.75);
  });

  it("takes no notice of what was said before", () => {
    assert.equal(childrenSeconds("tar: a: the time is old\n0m0.0s 0m0.0s\n0m1.5s 0m0.25s\n"), 1.75);
  });

  it("refuses what no shell says", () => {
    assert.throws(() => childrenSeconds("0m0.0s 0m0.0s\n"), /are not the times of a shell/);
  });
});

describe("unpackTime()", () => {
  const signal = AbortSignal.timeout(20_000);

  it("says what each of both took, and leaves nothing in the folder", async (t) => {
    const folder = await temporaryFolder(t);
    const archive = join(folder, "layer.tar.gz");
    const content = Buffer.alloc(2_000_000);
    await writeFile(
      archive,
      gzipSync(Buffer.concat([tarHeader("a", content.length), content, tarPadding(content.length), tarEnd])),
    );
    const { gzip, tar } = await unpackTime(archive, folder, signal);
    assert.ok(gzip >= 0 && gzip < 20, `${gzip}`);
    assert.ok(tar >= 0 && tar < 20, `${tar}`);
    assert.deepEqual(await readdir(folder), ["layer.tar.gz"]);
  });

  it("fails where it is no archive, and leaves nothing then either", async (t) => {
    const folder = await temporaryFolder(t);
    const archive = join(folder, "layer.tar.gz");
    await writeFile(archive, "no archive");
    await assert.rejects(unpackTime(archive, folder, signal), /tar|gzip/);
    assert.deepEqual(await readdir(folder), ["layer.tar.gz"]);
  });
});

async function temporaryFolder(t: { after(end: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "unpack-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}
