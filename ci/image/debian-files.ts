import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type DebianPackages, packageNames } from "./debian-packages.ts";
import type { Platform } from "./platform.ts";

// The last two are nothing that Node.js needs: programs in Go that are not static link them, as credential providers may be.
export const libraries: readonly string[] = [
  "libc.so.6",
  "libm.so.6",
  "libdl.so.2",
  "libpthread.so.0",
  "libstdc++.so.6",
  "libgcc_s.so.1",
  "libresolv.so.2",
  "librt.so.1",
];

/** What they are in Debian, and in the image's root: pause is what the chart's main container is called for. */
const programs = { catatonit: "pause", snooze: "snooze", tini: "tini" };

/**
 * Copies the libraries, the dynamic loader, the pause process, the first process, the sleeper, the certificate authorities and their copyright files
 * from Debian's packages for `platform` into the root file system `folder`.
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
  for (const [program, name] of Object.entries(programs)) {
    await copyInto(join(unpacked, "usr/bin", program), join(folder, name));
  }
  await copyAuthorities(join(unpacked, "usr/share/ca-certificates/mozilla"), folder);
  for (const name of packageNames) {
    const source = join(unpacked, "usr/share/doc", name, "copyright");
    await copyInto(source, join(folder, "usr/share/doc", name, "copyright"));
  }
}

/** In one file, at the place where programs look for it first; Debian makes it as the package is installed. */
async function copyAuthorities(source: string, folder: string): Promise<void> {
  const names = (await readdir(source)).filter((name) => name.endsWith(".crt")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(source, name), "utf8")));
  const target = join(folder, "etc/ssl/certs");
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "ca-certificates.crt"), texts.map((text) => `${text.trim()}\n`).join(""));
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
