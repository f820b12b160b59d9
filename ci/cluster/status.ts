import { controlPlaneParts, logFileOf } from "./control-plane.ts";
import { isRunning } from "./control-plane-process.ts";
import { type Cluster, daemonPid } from "./describe.ts";
import { nodeDaemons } from "./plan.ts";

/** One line of `status`. */
export interface PartStatus {
  /** `control plane`, or a node's name. */
  readonly place: string;
  readonly part: string;
  readonly isRunning: boolean;
  readonly logFile: string;
}

/** Whether each part of the control plane and of each node runs right now, and where its log is. */
export function statusOf(cluster: Cluster): PartStatus[] {
  const control = controlPlaneParts.map((part) => ({
    place: "control plane",
    part,
    isRunning: isRunning(cluster, part),
    logFile: logFileOf(cluster, part),
  }));
  const nodes = cluster.nodes.flatMap((node) =>
    nodeDaemons.map((daemon) => ({
      place: node.name,
      part: daemon,
      isRunning: daemonPid(cluster, node.name, daemon) !== undefined,
      logFile: node.logFiles[daemon],
    })),
  );
  return [...control, ...nodes];
}

/** The status as lines for people, with each node's address and containerd socket above its daemons. */
export function statusLines(cluster: Cluster): string[] {
  const rows = statusOf(cluster);
  const line = (row: PartStatus) =>
    `  ${row.isRunning ? "running" : "dead   "}  ${row.part.padEnd(23)}  ${row.logFile}`;
  const linesOf = (place: string) => rows.filter((row) => row.place === place).map(line);
  const nodes = cluster.nodes.flatMap((node) => [
    `${node.name} at ${node.address}, containerd at ${node.containerdSocket}`,
    ...linesOf(node.name),
  ]);
  return [
    `cluster ${cluster.name}: ${cluster.apiServer}, registry ${cluster.registry}, kubeconfig ${cluster.kubeconfig}`,
    ...linesOf("control plane"),
    ...nodes,
  ];
}
