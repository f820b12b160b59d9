import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hierarchies, killCgroup, processesIn, removeCgroup } from "./cgroup.ts";
import { fileTail } from "./file-tail.ts";
import { diskFile, diskReleased } from "./node-disk.ts";
import { mountsOf } from "./node-mounts.ts";
import { connectNode, disconnectNode } from "./node-network.ts";
import type { RecordedNode } from "./node-record.ts";
import type { ClusterPlan, NodeDaemon, NodePlan } from "./plan.ts";
import { startInCgroup } from "./start-in-cgroup.ts";
import { waitUntil } from "./wait-until.ts";

/** Starts the node's namespaces and daemons, connected to the cluster. It returns before the node is Ready. */
export async function launchNode(cluster: ClusterPlan, node: RecordedNode): Promise<void> {
  // As after a reboot, nothing of the last run is in /run.
  rmSync(node.runDir, { recursive: true, force: true });
  mkdirSync(node.runDir, { recursive: true });
  const namespaces = [
    "--mount",
    "--uts",
    "--ipc",
    "--net",
    "--pid",
    "--fork",
    "--mount-proc",
    "--kill-child=KILL",
  ];
  // A shell reads its script as it goes: it gets a copy, which nobody edits while the node runs.
  const init = join(node.dataDir, "init.sh");
  copyFileSync(fileURLToPath(new URL("node-init.sh", import.meta.url)), init);
  await startInCgroup({
    cgroup: daemonsCgroup(node),
    within: hierarchies(),
    logFile: initLog(node),
    command: ["unshare", ...namespaces, "bash", init],
    cwd: "/",
    env: { ...process.env, ...initEnvironment(cluster, node) },
  });
  await connectNode(cluster, node, await startedInit(node));
  writeFileSync(join(node.runDir, "connected"), "");
}

/** Ends every process of the node at once, as a power cut would, and removes its links and cgroups. */
export async function killNode(cluster: ClusterPlan, node: NodePlan): Promise<void> {
  await killCgroup(node.cgroup);
  await diskReleased(node.dataDir);
  await disconnectNode(cluster, node);
  await removeCgroup(node.cgroup);
  rmSync(node.runDir, { recursive: true, force: true });
}

/** The host's PID of the node's first process, or undefined while the node does not run. */
export function initPid(node: NodePlan): number | undefined {
  return pidInside(node, 1);
}

/** The host's PID of one of the node's daemons, or undefined while it does not run. */
export function daemonPidOf(node: NodePlan, daemon: NodeDaemon): number | undefined {
  const inner = Number(fileTail(join(node.runDir, "pids", daemon), 1));
  return Number.isInteger(inner) ? pidInside(node, inner) : undefined;
}

/** The file with what the node's first process itself had to say. */
export function initLog(node: NodePlan): string {
  return join(node.logDir, "init.log");
}

async function startedInit(node: NodePlan): Promise<number> {
  try {
    await waitUntil(`the first process of ${node.name}`, 10_000, () => initPid(node) !== undefined, 10);
  } catch (cause) {
    throw new Error(`${node.name} does not start: ${fileTail(initLog(node))}`, { cause });
  }
  return initPid(node) ?? 0;
}

function initEnvironment(cluster: ClusterPlan, node: RecordedNode): NodeJS.ProcessEnv {
  return {
    NODE: node.name,
    DATA: node.dataDir,
    CLUSTER_BIN: cluster.binDir,
    ADDRESS: node.address,
    LABELS: Object.entries(node.labels)
      .map((label) => label.join("="))
      .join(","),
    DISK: diskFile(node) ?? "",
    MOUNTS: mountsOf(node).join(" "),
  };
}

/** The process that has the number `inner` in the node's own PID namespace. */
function pidInside(node: NodePlan, inner: number): number | undefined {
  return processesIn(daemonsCgroup(node)).find((pid) => innermostPid(pid) === inner);
}

function innermostPid(pid: number): number | undefined {
  try {
    const [, outer, ...inner] =
      /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]?.split("\t") ?? [];
    // A process that is not in a namespace below the host's has one number only.
    return outer === undefined || inner.length === 0 ? undefined : Number(inner.at(-1));
  } catch {
    // It ended in between.
    return undefined;
  }
}

function daemonsCgroup(node: NodePlan): string {
  return join(node.cgroup, "sys");
}
