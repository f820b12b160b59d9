import { join } from "node:path";
import {
  type ClusterAddresses,
  clusterAddresses,
  type NodeAddresses,
  nodeAddresses,
} from "./address-plan.ts";
import { clusterFolder } from "./folders.ts";

/** Where everything of one cluster is, whether it is up or not: it follows from its name and slot alone. */
export interface ClusterPlan extends ClusterAddresses {
  readonly name: string;
  readonly slot: number;
  /** All state of the cluster. */
  readonly folder: string;
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** kubectl, helm, ctr and the daemons' programs, as symbolic links. */
  readonly binDir: string;
  /** One log file for each part of the control plane. */
  readonly logDir: string;
  /** One JSON line for each request of a ServiceAccount outside kube-system. */
  readonly auditLog: string;
  readonly pkiDir: string;
  /** The cluster's cgroup, relative to each hierarchy's root: every process of the cluster is below it. */
  readonly cgroup: string;
}

/** Where everything of one node is: it follows from its cluster, name and number. */
export interface NodePlan extends NodeAddresses {
  readonly name: string;
  readonly number: number;
  /** What outlives a stop: images, kubelet state, configuration. */
  readonly dataDir: string;
  readonly logDir: string;
  readonly logFiles: Readonly<Record<NodeDaemon, string>>;
  /** The node's `/run`, as the host sees it. */
  readonly runDir: string;
  /** containerd's socket, as the host sees it. */
  readonly containerdSocket: string;
  /** The node's cgroup, relative to each hierarchy's root; kubelet's pods are below it, daemons in `sys`. */
  readonly cgroup: string;
}

/** What runs on each node, and starts again 0.5 s after it died. */
export type NodeDaemon = "containerd" | "kubelet" | "kube-proxy";
export const nodeDaemons: readonly NodeDaemon[] = ["containerd", "kubelet", "kube-proxy"];

/** The plan of the cluster. Throws if the name could not be a folder, a cgroup and a comment alike. */
export function clusterPlan(name: string, slot: number): ClusterPlan {
  checkName("cluster", name, 20);
  const folder = clusterFolder(name);
  return {
    ...clusterAddresses(slot),
    name,
    slot,
    folder,
    kubeconfig: join(folder, "admin.kubeconfig"),
    binDir: join(folder, "bin"),
    logDir: join(folder, "logs"),
    auditLog: join(folder, "logs", "audit.log"),
    pkiDir: join(folder, "pki"),
    cgroup: `prefetcher-${name}`,
  };
}

/** The plan of the cluster's node. */
export function nodePlan(cluster: ClusterPlan, name: string, number: number): NodePlan {
  checkName("node", name, 20);
  const dataDir = join(nodesFolder(cluster), name);
  const logDir = join(dataDir, "logs");
  const logFiles = Object.fromEntries(nodeDaemons.map((daemon) => [daemon, join(logDir, `${daemon}.log`)]));
  const runDir = join(dataDir, "run");
  const containerdSocket = join(runDir, "containerd", "containerd.sock");
  if (containerdSocket.length > 107) {
    throw new Error(
      `${containerdSocket} is too long for a unix socket: set PREFETCHER_CLUSTER_DIR to a shorter path`,
    );
  }
  return {
    ...nodeAddresses(cluster.slot, number),
    name,
    number,
    dataDir,
    logDir,
    logFiles: logFiles as Record<NodeDaemon, string>,
    runDir,
    containerdSocket,
    cgroup: join(cluster.cgroup, "nodes", name),
  };
}

/** The folder that has one folder for each node. */
export function nodesFolder(cluster: ClusterPlan): string {
  return join(cluster.folder, "nodes");
}

function checkName(what: string, name: string, longest: number): void {
  if (name.length <= longest && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) return;
  throw new Error(
    `"${name}" cannot be a ${what}'s name: it takes up to ${longest} lower-case letters, digits and inner dashes`,
  );
}
