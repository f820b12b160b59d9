import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "../cluster/file-lock.ts";
import { cacheFolder } from "../cluster/install/cache-folder.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { bundleAgent } from "./bundle.ts";
import { compressImage } from "./compress-image.ts";
import { copyDebianFiles } from "./debian-files.ts";
import { type DebianPackages, ensureDebianPackages } from "./debian-packages.ts";
import { copyNodeFiles } from "./node-files.ts";
import type { Platform } from "./platform.ts";
import { removeOldLayouts } from "./remove-old-layouts.ts";

/** A built image: an OCI layout with one index of all its platforms. */
export interface BuiltImage {
  /** The layout's folder; `skopeo copy --all oci:<layout>` pushes it. */
  readonly layout: string;
}

/** How the image is built. */
export interface BuildOptions {
  /** Whether Debian's packages are fetched anew even if they are not a week old; by default they are not. */
  readonly isFresh?: boolean;
}

/** One platform and what its root file system takes from Debian. */
interface PlatformParts {
  readonly platform: Platform;
  readonly packages: DebianPackages;
}

// Everything of this project that decides what is in the image.
const inputs = ["agent", "ci/image", "protos", "package-lock.json", "tsconfig.json"];

/**
 * Builds the agent's image for `platforms` with buildah. The same sources and the same packages of Debian come to the same
 * cached image; `log` gets a line for each step otherwise. A second build waits until the first has ended. Files carry
 * the time 0, so that two builds of the same parts are byte for byte equal.
 */
export async function buildImage(
  platforms: readonly Platform[],
  log: (line: string) => void,
  options: BuildOptions = {},
): Promise<BuiltImage> {
  const cache = join(cacheFolder(), "image");
  return withFileLock(join(cache, "build.lock"), () => buildInto(cache, platforms, log, options), log);
}

async function buildInto(
  cache: string,
  platforms: readonly Platform[],
  log: (line: string) => void,
  { isFresh = false }: BuildOptions,
): Promise<BuiltImage> {
  await removeUnfinished(cache);
  const parts: PlatformParts[] = [];
  for (const platform of platforms) {
    parts.push({ platform, packages: await ensureDebianPackages(platform, cache, isFresh, log) });
  }
  const names = platforms.map(({ architecture }) => architecture).join("-");
  const layout = join(cache, `${names}-${digestOf(parts)}`);
  if (existsSync(layout)) return { layout };

  const work = await mkdtemp(join(cache, "unfinished-"));
  try {
    const context = join(work, "context");
    for (const part of parts) {
      const { architecture } = part.platform;
      log(`laying out the root file system for linux/${architecture}`);
      await layOut(part, join(context, architecture), cache);
    }
    log("building the image with buildah");
    await buildFolder(platforms, context, join(work, "built"), work);
    log("compressing its layers with zstd");
    await compressImage(join(work, "built"), join(work, "layout"), cache);
    await rename(join(work, "layout"), layout);
    await removeOldLayouts(cache, `${names}-`);
  } finally {
    await rm(work, { recursive: true });
  }
  return { layout };
}

/** Removes what a build left that was killed. Nobody else builds: the lock is ours. */
async function removeUnfinished(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith("unfinished-")) await rm(join(cache, name), { recursive: true });
  }
}

/** `runtime/`: Node.js, libraries, pause, snooze; `agent/`: the bundle. Each becomes a layer. */
async function layOut({ platform, packages }: PlatformParts, folder: string, cache: string): Promise<void> {
  await mkdir(join(folder, "runtime"), { recursive: true });
  await mkdir(join(folder, "agent"), { recursive: true });
  await copyNodeFiles(platform, join(folder, "runtime"), cache);
  await copyDebianFiles(platform, packages, join(folder, "runtime"));
  await bundleAgent(join(folder, "agent"));
}

/** Leaves the image in `folder` with its layers as they are: this buildah knows no zstd. */
async function buildFolder(
  platforms: readonly Platform[],
  context: string,
  folder: string,
  work: string,
): Promise<void> {
  // A storage of its own: nothing is left on the machine, and no other image of it is touched.
  const storage = [
    "--root",
    join(work, "storage"),
    "--runroot",
    join(work, "run"),
    "--storage-driver",
    "vfs",
  ];
  const policy = join(root, "ci/image/accept-anything.json");
  await copyFile(join(root, "agent/Dockerfile"), join(context, "Dockerfile"));
  const names = platforms.map(({ architecture }) => `linux/${architecture}`).join(",");
  await runCommand("buildah", [
    ...storage,
    "bud",
    `--signature-policy=${policy}`,
    "--isolation=chroot",
    "--timestamp=0",
    "--layers",
    `--platform=${names}`,
    "--manifest=agent",
    context,
  ]);
  const push = ["manifest", "push", `--signature-policy=${policy}`, "--all", "agent", `dir:${folder}`];
  await runCommand("buildah", [...storage, ...push]);
}

function digestOf(parts: readonly PlatformParts[]): string {
  const hash = createHash("sha256");
  const add = (path: string): void => {
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const child = join(path, entry.name);
      if (/\.test\.ts$|\.md$|^testing$/.test(entry.name)) continue;
      if (entry.isDirectory()) add(child);
      else addFile(child);
    }
  };
  const addFile = (path: string) => hash.update(path.slice(root.length)).update(readFileSync(path));
  for (const input of inputs) {
    const path = join(root, input);
    if (input.includes(".")) addFile(path);
    else add(path);
  }
  for (const { packages } of parts) hash.update(packages.files.join());
  return hash.digest("hex").slice(0, 16);
}
