import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ensureDebianPackages, packageNames } from "./debian-packages.ts";
import { hostPlatform } from "./platform.ts";

describe("ensureDebianPackages() where Debian cannot be reached", () => {
  const platform = hostPlatform();
  const folder = mkdtempSync(join(tmpdir(), "debian-packages-"));
  const path = process.env.PATH;
  before(() => {
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin/apt-get"), "#!/bin/sh\necho no route >&2\nexit 100\n", { mode: 0o755 });
    process.env.PATH = `${folder}/bin:${path}`;
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  /** A cache whose packages were fetched so many days ago. */
  const allFiles = packageNames.map((each) => `${each}_1_amd64.deb`);
  const cacheOf = (name: string, days: number, cached: readonly string[] = allFiles) => {
    const packages = join(folder, name, `debian-packages-${platform.architecture}`);
    mkdirSync(packages, { recursive: true });
    writeFileSync(join(packages, "packages.txt"), `${cached.join("\n")}\n`);
    const fetchedAt = Date.now() / 1000 - days * 24 * 3600;
    utimesSync(join(packages, "packages.txt"), fetchedAt, fetchedAt);
    return join(folder, name);
  };
  const ensure = async (cache: string, isFresh = false) => {
    const lines: string[] = [];
    const { files } = await ensureDebianPackages(platform, cache, isFresh, (line) => lines.push(line));
    assert.deepEqual(files, allFiles);
    return lines;
  };

  it("does not ask for packages that are not a week old", async () => {
    assert.deepEqual(await ensure(cacheOf("young", 6)), []);
  });

  it("goes on with older ones, and says so", async () => {
    const lines = await ensure(cacheOf("old", 8));
    assert.match(lines[1] ?? "", /are a week old and could not be fetched anew: .*\nno route$/);
  });

  it("asks for them where one is missing that an older version did not want", async () => {
    await assert.rejects(ensure(cacheOf("older", 0, allFiles.slice(0, -1))), /no route/);
  });

  it("fails where they are wanted fresh, or there are none", async () => {
    await assert.rejects(ensure(cacheOf("unwanted", 0), true), /no route/);
    mkdirSync(join(folder, "empty"));
    await assert.rejects(ensure(join(folder, "empty")), /no route/);
  });
});
