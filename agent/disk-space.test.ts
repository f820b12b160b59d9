import assert from "node:assert/strict";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { describe, it, mock } from "node:test";
import { diskSpaceAt } from "./disk-space.ts";

describe("diskSpaceAt()", () => {
  it("counts what is free for users without privileges, of all there is", () => {
    const paths: unknown[] = [];
    const statfs = mock.method(fs, "statfsSync", (path: unknown) => {
      paths.push(path);
      return { bsize: 4_096, blocks: 1_000, bfree: 300, bavail: 250 };
    });
    syncBuiltinESMExports();
    try {
      assert.deepEqual(diskSpaceAt("/somewhere"), { freeBytes: 250 * 4_096, totalBytes: 1_000 * 4_096 });
      assert.deepEqual(paths, ["/somewhere"]);
    } finally {
      statfs.mock.restore();
      syncBuiltinESMExports();
    }
  });

  it("says something likely of the real root", () => {
    const { freeBytes, totalBytes } = diskSpaceAt("/");
    assert.ok(totalBytes > 0);
    assert.ok(freeBytes >= 0 && freeBytes <= totalBytes);
  });

  it("throws where the path is not there", () => {
    assert.throws(() => diskSpaceAt("/no/such/path"), /ENOENT/);
  });
});
