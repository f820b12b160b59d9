import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import type { Platform } from "./platform.ts";

interface LockEntry {
  readonly version: string;
  readonly integrity: string;
}

/**
 * Copies Node.js for `platform`, without its symbols (they are 18 MB), and its licence into the root file system
 * `folder`. It is the very version that package-lock.json names, and a package with another digest than the lockfile's is
 * refused. `cache` keeps both.
 */
export async function copyNodeFiles(platform: Platform, folder: string, cache: string): Promise<void> {
  const { version, integrity } = await lockEntryOf(platform);
  const cached = join(cache, `node-${version}-${platform.architecture}`);
  if (!existsSync(cached)) {
    const work = await mkdtemp(join(cache, "unfinished-"));
    try {
      const archive = await downloadPackage(`${platform.nodePackage}@${version}`, integrity, work);
      await runCommand("tar", ["-xzf", archive, "-C", work, "package/bin/node", "package/LICENSE"]);
      await runCommand(platform.strip.file, [join(work, "package/bin/node")]);
      await rename(join(work, "package"), cached);
    } finally {
      await rm(work, { recursive: true });
    }
  }
  await cp(join(cached, "bin/node"), join(folder, "node"));
  await mkdir(join(folder, "usr/share/doc/nodejs"), { recursive: true });
  await cp(join(cached, "LICENSE"), join(folder, "usr/share/doc/nodejs/LICENSE"));
}

async function lockEntryOf(platform: Platform): Promise<LockEntry> {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockEntry>;
  };
  const entry = lock.packages[`node_modules/${platform.nodePackage}`];
  if (entry === undefined) throw new Error(`package-lock.json does not name ${platform.nodePackage}`);
  return entry;
}

async function downloadPackage(name: string, integrity: string, folder: string): Promise<string> {
  await runCommand("npm", ["pack", name, "--silent", "--pack-destination", folder], { cwd: root });
  const file = (await readdir(folder)).find((candidate) => candidate.endsWith(".tgz"));
  if (file === undefined) throw new Error(`npm pack ${name} left no archive`);
  const archive = join(folder, file);
  const digest = createHash("sha512")
    .update(await readFile(archive))
    .digest("base64");
  if (`sha512-${digest}` === integrity) return archive;
  throw new Error(`${name} has the digest sha512-${digest}, and package-lock.json wants ${integrity}`);
}
