/** The folders that each node has of its own: under its data folder, and where they appear on the node. */
export const nodeMounts = {
  run: "/run",
  kubelet: "/var/lib/kubelet",
  containerd: "/var/lib/containerd",
  cni: "/var/lib/cni",
  pods: "/var/log/pods",
  containers: "/var/log/containers",
} as const;

export const mountPoints: readonly string[] = Object.values(nodeMounts);
