import { statfsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { ClusterNode } from "../../cluster/cluster.ts";
import { runCommand } from "../../run-command.ts";
import { pathOnNode } from "./path-on-node.ts";
import { testCluster } from "./scene.ts";

/** A file system as the kubelet counts it. */
export interface DiskSeen {
  readonly sizeBytes: number;
  readonly freeBytes: number;
  /** Free of the whole, in percent. */
  readonly freePercent: number;
}

/** The file system at `path`, on the machine. */
export function diskAt(path: string): DiskSeen {
  const { bsize, blocks, bavail } = statfsSync(path);
  const [sizeBytes, freeBytes] = [blocks * bsize, bavail * bsize];
  return { sizeBytes, freeBytes, freePercent: (100 * freeBytes) / sizeBytes };
}

/** The disk of the node's containerd. */
export function diskOf(node: string): DiskSeen {
  return diskAt(containerdFolder(node));
}

/**
 * Puts a file on the node's disk that leaves `freePercent` free, in place of the one of an earlier call. Throws where
 * the node has no disk of its own: it would be the machine's.
 */
export async function fillDisk(node: string, freePercent: number): Promise<void> {
  await unfillDisk(node);
  const { sizeBytes, freeBytes } = diskOf(node);
  if (sizeBytes > nodeNamed(node).diskMiB * 1024 * 1024) throw new Error(`${node} has no disk of its own`);
  const bytes = Math.floor(freeBytes - (sizeBytes * freePercent) / 100);
  if (bytes <= 0) throw new Error(`${node} has less than ${freePercent} % free as it is`);
  await runCommand("fallocate", ["--length", String(bytes), ballastOf(node)]);
}

/** Takes that file away. */
export async function unfillDisk(node: string): Promise<void> {
  await rm(ballastOf(node), { force: true });
}

/** The least space that is seen free on a node's disk, looking 50 times a second. */
export interface LeastFree extends Disposable {
  readonly freePercent: number;
}

/** Looks at the node's disk from now on until it is disposed of. */
export function watchLeastFree(node: string): LeastFree {
  let freePercent = 100;
  const look = () => {
    freePercent = Math.min(freePercent, diskOf(node).freePercent);
  };
  look();
  const timer = setInterval(look, 20);
  return {
    get freePercent() {
      return freePercent;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function ballastOf(node: string): string {
  return `${containerdFolder(node)}/ballast`;
}

/** The disk is mounted in the node's mount namespace alone. */
function containerdFolder(node: string): string {
  return pathOnNode(node, "var/lib/containerd");
}

function nodeNamed(node: string): ClusterNode {
  const found = testCluster().nodes.find(({ name }) => name === node);
  if (found === undefined) throw new Error(`the test cluster has no node ${node}`);
  return found;
}
