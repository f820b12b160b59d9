import { join } from "node:path";

/** The folder of all clusters' state. It is short because a unix socket's path may have 107 bytes at most. */
export function clustersFolder(): string {
  return process.env.PREFETCHER_CLUSTER_DIR || "/var/lib/prefetcher-clusters";
}

/** The folder of one cluster's state, all of which `down` removes. */
export function clusterFolder(name: string): string {
  return join(clustersFolder(), name);
}

/** The file whose lock guards what all clusters share: slots and settings of the host. */
export function sharedLock(): string {
  return join(clustersFolder(), "shared.lock");
}

/** The file whose lock one command on the cluster holds: `up`, `down`, or adding and removing a node. */
export function clusterLock(name: string): string {
  return join(clustersFolder(), `${name}.lock`);
}
