import type { NodeOptions } from "./node-record.ts";

/** The folders that each node has of its own: under its data folder or on its own disk, and where they appear on the node. */
export const nodeMounts = {
  run: "/run",
  kubelet: "/var/lib/kubelet",
  containerd: "/var/lib/containerd",
  cni: "/var/lib/cni",
  pods: "/var/log/pods",
  containers: "/var/log/containers",
} as const;

export const mountPoints: readonly string[] = Object.values(nodeMounts);

/** Where a node's own disk is mounted, under its data folder, in the node's mount namespace alone. */
export const diskMountPoint = "disk";

/**
 * The node's mounts, each as `FOLDER:MOUNT_POINT` with the folder relative to the node's data folder. A disk of its
 * own holds them all but /run, in which the host finds sockets.
 */
export function mountsOf(node: Required<Pick<NodeOptions, "diskMiB">>): readonly string[] {
  const isOnDisk = (folder: string) => node.diskMiB > 0 && folder !== "run";
  return Object.entries(nodeMounts).map(
    ([folder, mountPoint]) => `${isOnDisk(folder) ? `${diskMountPoint}/` : ""}${folder}:${mountPoint}`,
  );
}
