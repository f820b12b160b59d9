import { statfsSync } from "node:fs";
import type { DiskSpace } from "./disk-gate.ts";

/**
 * The space on the file system at `path`, as the kubelet counts it: what is free for users without privileges, of all
 * there is. In a container `/` is an overlay whose upper layer lies with the runtime's snapshots, and statfs answers for
 * that layer's file system. It is answered from memory, so nothing waits for a disk.
 */
export function diskSpaceAt(path: string): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
