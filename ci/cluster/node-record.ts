import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { maxNodeNumber } from "./address-plan.ts";
import { withFileLock } from "./file-lock.ts";
import { type ClusterPlan, type NodePlan, nodePlan, nodesFolder } from "./plan.ts";
import { writeFileAtomically } from "./write-file.ts";

/** A taint as kubectl writes it: `key=value:NoSchedule`, or `key:NoSchedule`. */
export type TaintText = `${string}:${"NoSchedule" | "PreferNoSchedule" | "NoExecute"}`;

/** How a node is when it joins. */
export interface NodeOptions {
  /** Whether the names of mirrored-registries.ts resolve to the cluster's registry; by default they do. */
  readonly mirrors?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly TaintText[];
  /** Size of a disk of the node's own, for images, containers and pods; 0, the default, leaves them on the machine's. */
  readonly diskMiB?: number;
  /**
   * Whether the kubelet evicts pods and collects images at its own default thresholds, on a node with a disk of its
   * own; by default it does neither. That an image is older than 2 minutes is then not asked for, so that it acts at once.
   */
  readonly kubeletDefaultsForDisk?: boolean;
  /** Fields of the kubelet's configuration, over those that every node has. */
  readonly kubelet?: Readonly<Record<string, unknown>>;
}

/** A node's plan and options, as they were when it was added. */
export type RecordedNode = NodePlan & Required<NodeOptions>;

/** Every node that was added and not removed, running or not, by number. */
export function readNodes(cluster: ClusterPlan): RecordedNode[] {
  const folder = nodesFolder(cluster);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const nodes = names
    .filter((name) => existsSync(recordFile(cluster, name)))
    .map((name) => readNode(cluster, name));
  return nodes.sort((a, b) => a.number - b.number);
}

/** The node of that name. Throws a sentence that names the others if there is none. */
export function readNode(cluster: ClusterPlan, name: string): RecordedNode {
  const file = recordFile(cluster, name);
  if (!existsSync(file)) {
    const others = readNodes(cluster).map((node) => node.name);
    throw new Error(
      `cluster ${cluster.name} has no node ${name}; its nodes are ${others.join(", ") || "none"}`,
    );
  }
  const { number, ...options } = JSON.parse(readFileSync(file, "utf8")) as {
    number: number;
  } & Required<NodeOptions>;
  return { ...nodePlan(cluster, name, number), ...options };
}

/** Gives a new node the smallest free number and notes its options; throws if the name is taken. */
export async function recordNode(
  cluster: ClusterPlan,
  name: string,
  options: NodeOptions,
): Promise<RecordedNode> {
  // Before anything is written: a bad name would only show later.
  nodePlan(cluster, name, 1);
  return await withFileLock(join(cluster.folder, "nodes.lock"), async () => {
    const nodes = readNodes(cluster);
    if (nodes.some((node) => node.name === name))
      throw new Error(`cluster ${cluster.name} has a node ${name} already`);
    const taken = new Set(nodes.map((node) => node.number));
    const number = [...Array(maxNodeNumber).keys()]
      .map((index) => index + 1)
      .find((candidate) => !taken.has(candidate));
    if (number === undefined)
      throw new Error(`cluster ${cluster.name} has ${maxNodeNumber} nodes: it takes no more`);
    const { mirrors = true, labels = {}, taints = [], diskMiB = 0, kubeletDefaultsForDisk = false } = options;
    const { kubelet = {} } = options;
    const record = { number, mirrors, labels, taints, diskMiB, kubeletDefaultsForDisk, kubelet };
    writeFileAtomically(recordFile(cluster, name), JSON.stringify(record));
    return readNode(cluster, name);
  });
}

function recordFile(cluster: ClusterPlan, name: string): string {
  return join(nodesFolder(cluster), name, "node.json");
}
