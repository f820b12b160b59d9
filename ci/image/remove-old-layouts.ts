import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

// One for each of a few branches that somebody works on; each is the size of the image.
const keptLayouts = 4;

/**
 * Removes all but the newest layouts whose names begin with `prefix` (`amd64-`) from the folder `cache`: every change of
 * the agent makes a new one. The caller holds the cache's lock.
 */
export async function removeOldLayouts(cache: string, prefix: string): Promise<void> {
  const isLayout = (name: string) =>
    name.startsWith(prefix) && /^[0-9a-f]{16}$/.test(name.slice(prefix.length));
  const layouts = (await readdir(cache)).filter(isLayout).map((name) => join(cache, name));
  const aged = await Promise.all(layouts.map(async (path) => ({ path, madeMs: (await stat(path)).mtimeMs })));
  aged.sort((a, b) => b.madeMs - a.madeMs);
  for (const { path } of aged.slice(keptLayouts)) await rm(path, { recursive: true });
}
