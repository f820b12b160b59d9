import { existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../run-command.ts";
import type { Platform } from "./platform.ts";

/**
 * What Node.js links (`ldd node`); tini, the containers' first process, which reaps zombies and passes signals on; snooze, which sleeps in the
 * agent's place and starts it again; catatonit, which does nothing but sleep; and the authorities that a credential provider from the node
 * trusts: Node.js brings its own.
 */
export const packageNames = [
  "libc6",
  "libstdc++6",
  "libgcc-s1",
  "catatonit",
  "snooze",
  "tini",
  "ca-certificates",
] as const;

/** Debian's packages for one platform, unpacked. */
export interface DebianPackages {
  readonly folder: string;
  /** `libc6_2.36-9+deb12u14_amd64.deb` and so on: they change with every update. */
  readonly files: readonly string[];
}

// Debian's security updates come at any time; a build in the middle of one's work should rarely wait for apt.
const maxAgeMs = 7 * 24 * 3_600_000;

/**
 * Debian's packages for `platform`, from `cache` unless they are a week old or `isFresh` wants them anew. Where Debian
 * cannot be reached, older ones are used and the log says so; with `isFresh`, or without any, it throws instead.
 * They are fetched with an apt state of their own, so that the machine's architectures and packages stay as they are.
 */
export async function ensureDebianPackages(
  platform: Platform,
  cache: string,
  isFresh: boolean,
  log: (line: string) => void,
): Promise<DebianPackages> {
  const folder = join(cache, `debian-packages-${platform.architecture}`);
  const list = join(folder, "packages.txt");
  const isThere = existsSync(list) && hasAllPackages(await readFile(list, "utf8"));
  if (isFresh || !isThere || Date.now() - statSync(list).mtimeMs > maxAgeMs) {
    log(`fetching Debian's packages for linux/${platform.architecture}`);
    await fetchPackages(platform, folder, cache).catch((error: Error) => {
      if (isFresh || !isThere) throw error;
      log(`Debian's packages are a week old and could not be fetched anew: ${error.message}`);
    });
  }
  return { folder, files: (await readFile(list, "utf8")).trim().split("\n") };
}

/** An older version of this project may have wanted fewer. */
function hasAllPackages(list: string): boolean {
  return packageNames.every((name) => list.split("\n").some((file) => file.startsWith(`${name}_`)));
}

async function fetchPackages(platform: Platform, target: string, cache: string): Promise<void> {
  const work = await mkdtemp(join(cache, "unfinished-"));
  try {
    const apt = await privateApt(platform, work);
    await runCommand("apt-get", [...apt, "-qq", "update"]);
    const unpacked = join(work, "root");
    await downloadPackages(packageNames, apt, work, unpacked);
    // The compiler's libraries leave their copyright to a package that is named after its version.
    await downloadPackages(await namedForCopyright(unpacked), apt, work, unpacked);
    const archives = (await readdir(work)).filter((file) => file.endsWith(".deb"));
    await writeFile(join(unpacked, "packages.txt"), `${archives.sort().join("\n")}\n`);
    await rm(target, { recursive: true, force: true });
    await rename(unpacked, target);
  } finally {
    await rm(work, { recursive: true });
  }
}

async function downloadPackages(
  names: readonly string[],
  apt: readonly string[],
  work: string,
  unpacked: string,
): Promise<void> {
  const before = await readdir(work);
  await runCommand("apt-get", [...apt, "-qq", "download", ...names], { cwd: work });
  for (const file of await readdir(work)) {
    if (!file.endsWith(".deb") || before.includes(file)) continue;
    await runCommand("dpkg-deb", ["-x", join(work, file), unpacked]);
  }
}

/** The packages that the unpacked ones' folders under usr/share/doc are links to. */
async function namedForCopyright(unpacked: string): Promise<readonly string[]> {
  const folder = join(unpacked, "usr/share/doc");
  const links = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isSymbolicLink());
  return [...new Set(await Promise.all(links.map(({ name }) => readlink(join(folder, name)))))];
}

/** Options that give apt a state of its own under `work`, with the machine's sources and keys. */
export async function privateApt(platform: Platform, work: string): Promise<string[]> {
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
    // Otherwise a source that cannot be reached is only warned of, and its security updates are not there.
    "APT::Update::Error-Mode": "any",
    // The folder is this user's own; apt's download user could not write to it.
    "APT::Sandbox::User": "root",
  };
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
