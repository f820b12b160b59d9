import { homedir } from "node:os";
import { join } from "node:path";

/** Where built parts are kept: outside the clone, so that a fresh clone need not build them again. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "image-prefetcher");
}
