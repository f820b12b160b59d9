import { existsSync } from "node:fs";
import { daemonPidOf, initPid } from "./node-process.ts";
import { type NodeOptions, type RecordedNode, readNode, readNodes } from "./node-record.ts";
import { type ClusterPlan, clusterPlan, type NodeDaemon } from "./plan.ts";
import { slotOf } from "./slots.ts";

/** A node as it is now. */
export interface ClusterNode extends RecordedNode, Required<NodeOptions> {
  /** The host's PID of the node's first process; undefined while the node is stopped. */
  readonly pid: number | undefined;
}

/** A cluster as it is now. `describe` it again after a node came or went. */
export interface Cluster extends ClusterPlan {
  readonly nodes: readonly ClusterNode[];
  /** What a shell needs to work with the cluster: KUBECONFIG, PATH, REGISTRY and each node's socket. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The cluster of that name. Throws a sentence on what to do if it is not up. */
export function describe(name: string): Cluster {
  const slot = slotOf(name);
  const plan = slot === undefined ? undefined : clusterPlan(name, slot);
  if (plan === undefined || !existsSync(plan.kubeconfig)) {
    throw new Error(`cluster ${name} is not up: \`npm run cluster -- up --name ${name}\` brings it up`);
  }
  const nodes = readNodes(plan).map((node) => ({ ...node, pid: initPid(node) }));
  return { ...plan, nodes, environment: environmentOf(plan, nodes) };
}

/** The host's PID of a node's daemon, or undefined while it does not run. */
export function daemonPid(cluster: ClusterPlan, node: string, daemon: NodeDaemon): number | undefined {
  return daemonPidOf(readNode(cluster, node), daemon);
}

function environmentOf(cluster: ClusterPlan, nodes: readonly RecordedNode[]): Record<string, string> {
  const sockets = nodes.map((node) => [
    `CONTAINERD_${node.name.toUpperCase().replaceAll("-", "_")}`,
    node.containerdSocket,
  ]);
  return {
    KUBECONFIG: cluster.kubeconfig,
    PATH: `${cluster.binDir}:${process.env.PATH ?? "/usr/bin:/bin"}`,
    REGISTRY: cluster.registry,
    // The variable that `ctr` reads: without --address it asks the first node.
    ...(nodes[0] === undefined ? {} : { CONTAINERD_ADDRESS: nodes[0].containerdSocket }),
    ...(Object.fromEntries(sockets) as Record<string, string>),
  };
}
