import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { replaceFile } from "./replace-file.ts";

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

describe("replaceFile()", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "replace-file-"));
    path = join(folder, "x");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("makes a file that others may read, as far as the user lets them", () => {
    for (const [umask, mode] of [
      [0o027, "640"],
      [0o002, "644"],
    ] as const) {
      const former = process.umask(umask);
      try {
        replaceFile(path, "a");
      } finally {
        process.umask(former);
      }
      assert.equal(modeOf(path), mode);
      rmSync(path);
    }
  });

  for (const mode of [0o600, 0o666, 0o4640]) {
    it(`leaves a file that has the mode ${mode.toString(8)} its rights`, () => {
      writeFileSync(path, "former");
      chmodSync(path, mode);
      replaceFile(path, "a");
      assert.equal(modeOf(path), (mode & 0o777).toString(8));
      assert.equal(readFileSync(path, "utf8"), "a");
    });
  }

  it("leaves a file its owner, where that is allowed", () => {
    const own = [process.getuid?.() ?? Number.NaN, process.getgid?.() ?? Number.NaN] as const;
    // Whoever is not root can give a file to nobody else.
    const owner = own[0] === 0 ? ([1234, 5678] as const) : own;
    writeFileSync(path, "former");
    chownSync(path, ...owner);
    replaceFile(path, "a");
    const { uid, gid } = statSync(path);
    assert.deepEqual([uid, gid], owner);
  });

  it("leaves a link a link, and makes the file that it leads to, there or not yet", () => {
    mkdirSync(join(folder, "real", "deep"), { recursive: true });
    symlinkSync("real/deep", join(folder, "way"));
    for (const [name, link, target] of [
      ["absolute", join(folder, "first"), "first"],
      ["relative", "second", "second"],
      ["chained", "relative-2", "third"],
      ["way/up", "../fourth", "real/fourth"],
    ] as const) {
      if (name === "chained") symlinkSync("third", join(folder, "relative-2"));
      symlinkSync(link, join(folder, name));
      for (const text of ["new", "newer"]) {
        replaceFile(join(folder, name), text);
        assert.equal(readFileSync(join(folder, target), "utf8"), text, name);
      }
    }
    assert.deepEqual(readdirSync(folder).sort(), [
      "absolute",
      "chained",
      "first",
      "real",
      "relative",
      "relative-2",
      "second",
      "third",
      "way",
    ]);
  });

  it("follows no link in a circle", () => {
    symlinkSync("x", path);
    assert.throws(() => replaceFile(path, "a"), /ELOOP/);
  });

  it("puts no file in the place of something else", () => {
    mkdirSync(path);
    assert.throws(() => replaceFile(path, "a"), /^Error: it is there, and no file$/);
    assert.deepEqual(readdirSync(folder), ["x"]);
  });

  it("leaves nothing behind where the text was written, and could not be put in its place", () => {
    assert.throws(() => replaceFile(`${path}/`, "a"));
    assert.deepEqual(readdirSync(folder), []);
  });
});
