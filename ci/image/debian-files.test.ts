import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { copyDebianFiles, libraries } from "./debian-files.ts";
import { packageNames } from "./debian-packages.ts";
import { type Platform, platforms } from "./platform.ts";

const authorities = "usr/share/ca-certificates/mozilla";

for (const platform of platforms) {
  describe(`copyDebianFiles() for ${platform.architecture}`, () => {
    const work = mkdtempSync(join(tmpdir(), "debian-files-"));
    const root = join(work, "root");
    before(async () => {
      writePackages(platform, join(work, "unpacked"));
      await copyDebianFiles(platform, { folder: join(work, "unpacked"), files: [] }, root);
    });
    after(() => rmSync(work, { recursive: true }));
    const read = (path: string) => readFileSync(join(root, path), "utf8");

    for (const [program, path] of [
      ["catatonit", "pause"],
      ["snooze", "snooze"],
      ["tini", "tini"],
    ] as const) {
      it(`has ${program} as /${path}, which anyone may run`, () => {
        assert.equal(read(path), `usr/bin/${program}`);
        assert.equal(statSync(join(root, path)).mode & 0o777, 0o755);
      });
    }

    it("has each package's copyright", () => {
      const paths = packageNames.map((name) => `usr/share/doc/${name}/copyright`);
      assert.deepEqual(paths.map(read), paths);
    });

    it("has the loader and the libraries where programs look for them", () => {
      assert.equal(basename(read(platform.loader)), basename(platform.loader));
      assert.deepEqual(readdirSync(join(root, "lib", platform.triplet)).sort(), [...libraries].sort());
    });

    it("has the authorities in one file", () => {
      const both = `${authorities}/One.crt\n${authorities}/Two.crt\n`;
      assert.equal(read("etc/ssl/certs/ca-certificates.crt"), both);
    });

    it("says what the packages have not", async () => {
      const nothing = { folder: join(work, "nothing"), files: [] };
      await assert.rejects(copyDebianFiles(platform, nothing, root), /have none of .*libc\.so\.6/);
    });
  });
}

/** What Debian's packages would unpack to in `folder`, but that each file's text is its own path. */
function writePackages(platform: Platform, folder: string): void {
  for (const path of [
    ...libraries.map((library) => `usr/lib/${platform.triplet}/${library}`),
    `lib/${platform.triplet}/${basename(platform.loader)}`,
    ...["catatonit", "snooze", "tini"].map((program) => `usr/bin/${program}`),
    ...["One.crt", "Two.crt", "README"].map((name) => `${authorities}/${name}`),
    ...packageNames.map((name) => `usr/share/doc/${name}/copyright`),
  ]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path, { mode: path.startsWith("usr/bin/") ? 0o755 : 0o644 });
  }
}
