import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

// How the runtimes and what stands before them call their sockets.
const usualNames = ["containerd.sock", "cri-dockerd.sock", "crio.sock", "docker.sock"];

/**
 * The Unix sockets that lie in `folder`, absolute paths, sorted; none where there is no such folder. Where it may be
 * passed through but not listed, those of the usual names: containerd makes its own one so (mode 0711).
 */
export async function socketsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => usualNames);
  const paths = names.map((name) => join(folder, name)).sort();
  const isSocket = await Promise.all(paths.map(isSocketAt));
  return paths.filter((_, index) => isSocket[index]);
}

async function isSocketAt(path: string): Promise<boolean> {
  // What cannot be looked at could not be connected to either.
  return stat(path).then(
    (found) => found.isSocket(),
    () => false,
  );
}
