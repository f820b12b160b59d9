import { existsSync } from "node:fs";
import { readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "../cluster/file-lock.ts";
import { cacheFolder } from "../cluster/install/cache-folder.ts";
import type { BuiltImage } from "../image/build-image.ts";
import { hostPlatform } from "../image/platform.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { extractSources } from "./extract-sources.ts";

/** The older release, from which users upgrade: the commit that the first of this project's milestones ended with. */
export const olderCommit = "e00994e212176bdb8bb6392da262bbc2b37752e4";

/** The folder of the older release's chart. Throws what to do where this clone's history does not reach so far. */
export async function ensureOlderChart(): Promise<string> {
  const sources = await ensureCached("sources", (folder) => extractSources(olderCommit, folder));
  return join(sources, "charts/prefetcher");
}

/**
 * Has the older release's own sources build its image for this machine's platform, which takes half a minute once.
 * Throws as `ensureOlderChart` does.
 */
export async function ensureOlderImage(): Promise<BuiltImage> {
  const { architecture } = hostPlatform();
  const layout = await ensureCached(`image-${architecture}`, async (folder) => {
    const work = `${folder}.work`;
    await rm(work, { recursive: true, force: true });
    try {
      await rename(await buildImageIn(work, architecture), folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return { layout };
}

/** Builds the image somewhere below `work` and returns its layout's folder. */
async function buildImageIn(work: string, architecture: string): Promise<string> {
  const sources = join(work, "sources");
  await extractSources(olderCommit, sources);
  // The packages are this clone's, which have all that the older release wants.
  await symlink(join(root, "node_modules"), join(sources, "node_modules"));
  const args = ["ci/image/main.ts", `--platform=linux/${architecture}`];
  // A cache of its own: each version has its own opinion of what has to be in one, and of what may go.
  const env = { ...process.env, XDG_CACHE_HOME: join(work, "cache") };
  await runCommand(process.execPath, args, { cwd: sources, env });
  const images = join(work, "cache/image-prefetcher/image");
  const layout = (await readdir(images)).find((name) => /^[a-z0-9]+-[0-9a-f]{16}$/.test(name));
  if (layout === undefined) throw new Error(`the older release's build left no image in ${images}`);
  return join(images, layout);
}

/** The folder `name` of the older release in the cache, which `make` makes where it is not there yet: whole, or not at all. */
async function ensureCached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), "older-releases", olderCommit.slice(0, 12), name);
  await withFileLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const unfinished = `${folder}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await make(unfinished);
    await rename(unfinished, folder);
  });
  return folder;
}
