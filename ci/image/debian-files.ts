import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runCommand } from "../run-command.ts";
import type { Platform } from "./platform.ts";

// What Node.js links (`ldd node`), and the pause process: catatonit sleeps, ends on SIGTERM and reaps zombies.
const packages = ["libc6", "libstdc++6", "libgcc-s1", "catatonit"];

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
 * for `platform` into the root file system `folder`. The packages are fetched with an apt state of their own, so that the
 * machine's architectures and packages stay as they are; `cache` keeps what was fetched.
 */
export async function copyDebianFiles(platform: Platform, folder: string, cache: string): Promise<void> {
  const unpacked = join(cache, `debian-${platform.architecture}`);
  if (!existsSync(unpacked)) await unpackPackages(platform, unpacked, cache);

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
  for (const name of packages) {
    const source = join(unpacked, "usr/share/doc", name, "copyright");
    if (existsSync(source)) await copyInto(source, join(folder, "usr/share/doc", name, "copyright"));
  }
}

async function unpackPackages(platform: Platform, target: string, cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, "unfinished-"));
  try {
    const apt = await privateApt(platform, work);
    await runCommand("apt-get", [...apt, "-qq", "update"]);
    await runCommand("apt-get", [...apt, "-qq", "download", ...packages], { cwd: work });
    const archives = (await readdir(work)).filter((file) => file.endsWith(".deb"));
    for (const archive of archives) {
      await runCommand("dpkg-deb", ["-x", join(work, archive), join(work, "root")]);
    }
    await writeFile(join(work, "root/packages.txt"), `${archives.sort().join("\n")}\n`);
    await rename(join(work, "root"), target);
  } finally {
    await rm(work, { recursive: true });
  }
}

/** Options that give apt a state of its own under `work`, with the machine's sources and keys. */
async function privateApt(platform: Platform, work: string): Promise<string[]> {
  await mkdir(join(work, "state/lists/partial"), { recursive: true });
  await mkdir(join(work, "cache/archives/partial"), { recursive: true });
  await writeFile(join(work, "status"), "");
  const options = {
    "APT::Architecture": platform.architecture,
    "APT::Architectures::": platform.architecture,
    "Dir::State": join(work, "state"),
    "Dir::State::status": join(work, "status"),
    "Dir::Cache": join(work, "cache"),
    "Debug::NoLocking": "1",
    // The folder is this user's own; apt's download user could not write to it.
    "APT::Sandbox::User": "root",
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
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
