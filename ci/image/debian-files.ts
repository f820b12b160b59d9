import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type DebianPackages, packageNames } from "./debian-packages.ts";
import type { Platform } from "./platform.ts";

const libraries = [
  "libc.so.6",
  "libm.so.6",
  "libdl.so.2",
  "libpthread.so.0",
  "libstdc++.so.6",
  "libgcc_s.so.1",
];

/**
 * Copies the libraries, the dynamic loader, the pause process and their copyright files from Debian's packages
 * for `platform` into the root file system `folder`.
 */
export async function copyDebianFiles(
  platform: Platform,
  packages: DebianPackages,
  folder: string,
): Promise<void> {
  const unpacked = packages.folder;
  for (const library of libraries) {
    const source = await firstOf([
      join(unpacked, "usr/lib", platform.triplet, library),
      join(unpacked, "lib", platform.triplet, library),
    ]);
    await copyInto(source, join(folder, "lib", platform.triplet, library));
  }
  const loader = basename(platform.loader);
  const loaderSource = await firstOf([
    join(unpacked, "usr/lib", platform.triplet, loader),
    join(unpacked, "lib", platform.triplet, loader),
  ]);
  await copyInto(loaderSource, join(folder, platform.loader));
  await copyInto(join(unpacked, "usr/bin/catatonit"), join(folder, "pause"));
  for (const name of packageNames) {
    const source = join(unpacked, "usr/share/doc", name, "copyright");
    await copyInto(source, join(folder, "usr/share/doc", name, "copyright"));
  }
}

async function firstOf(paths: readonly string[]): Promise<string> {
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`Debian's packages have none of ${paths.join(", ")}`);
  return found;
}

/** Copies the file a link points to, so that the image has no dangling links. */
async function copyInto(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await cp(source, target, { dereference: true });
}
