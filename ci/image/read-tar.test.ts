import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { readTar } from "./read-tar.ts";

describe("readTar()", () => {
  const folder = mkdtempSync(join(tmpdir(), "read-tar-"));
  after(() => rmSync(folder, { recursive: true }));
  const tar = () => execFileSync("tar", ["--format=ustar", "-cf", "-", "-C", folder, "."]);

  it("finds each file with its path and bytes, and no folder", () => {
    const deep = `usr/${"long-name-of-a-folder/".repeat(6)}`;
    mkdirSync(join(folder, deep), { recursive: true });
    writeFileSync(join(folder, "node"), "n".repeat(1_024));
    writeFileSync(join(folder, "empty"), "");
    writeFileSync(join(folder, deep, "last"), "the last");
    const files = readTar(tar()).map(({ path, bytes }) => [path, `${bytes}`]);
    assert.deepEqual(
      files.sort(),
      [
        ["node", "n".repeat(1_024)],
        ["empty", ""],
        [`${deep}last`, "the last"],
      ].sort(),
    );
  });

  it("refuses a link rather than leave it out", () => {
    symlinkSync("node", join(folder, "link"));
    assert.throws(() => readTar(tar()), /link is an entry of the kind 2/);
  });
});
