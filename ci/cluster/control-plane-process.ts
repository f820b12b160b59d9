import { apiRequest } from "./api-request.ts";
import { killCgroup, processesIn, trackingHierarchy } from "./cgroup.ts";
import { type ControlPlanePart, commandOf, logFileOf } from "./control-plane.ts";
import { fileTail } from "./file-tail.ts";
import type { ClusterPlan } from "./plan.ts";
import { startInCgroup } from "./start-in-cgroup.ts";
import { waitUntil } from "./wait-until.ts";

/** Whether the part's process is there. Its cgroup says so: no pid file could name another process by now. */
export function isRunning(cluster: ClusterPlan, part: ControlPlanePart): boolean {
  return processesIn(cgroupOf(cluster, part)).length > 0;
}

/** The process ID of the part; undefined while it does not run. */
export function pidOfPart(cluster: ClusterPlan, part: ControlPlanePart): number | undefined {
  return processesIn(cgroupOf(cluster, part))[0];
}

/** Starts the part; does nothing if it runs. It returns before the part is ready. */
export async function startPart(cluster: ClusterPlan, part: ControlPlanePart): Promise<void> {
  if (isRunning(cluster, part)) return;
  await startInCgroup({
    cgroup: cgroupOf(cluster, part),
    within: [trackingHierarchy()],
    logFile: logFileOf(cluster, part),
    command: commandOf(cluster, part),
    cwd: cluster.folder,
    // The registry would look for a collector of traces otherwise.
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
}

/** Kills the part, as a crash would, and returns when it is gone. */
export async function stopPart(cluster: ClusterPlan, part: ControlPlanePart): Promise<void> {
  await killCgroup(cgroupOf(cluster, part));
}

/** Returns once the API server serves; throws with the end of its log after 60 s. */
export async function apiServerReady(cluster: ClusterPlan): Promise<void> {
  await readyOrLog(
    cluster,
    "kube-apiserver",
    async () => (await apiRequest(cluster, "GET", "/readyz")).status === 200,
  );
}

/** Returns once the registry serves; throws with the end of its log after 60 s. */
export async function registryReady(cluster: ClusterPlan): Promise<void> {
  await readyOrLog(cluster, "registry", async () => (await fetch(`http://${cluster.registry}/v2/`)).ok);
}

/** Returns once the controllers gave the default namespace its ServiceAccount, without which it takes no pods. */
export async function controllersReady(cluster: ClusterPlan): Promise<void> {
  const path = "/api/v1/namespaces/default/serviceaccounts/default";
  await readyOrLog(
    cluster,
    "kube-controller-manager",
    async () => (await apiRequest(cluster, "GET", path)).status === 200,
  );
}

async function readyOrLog(
  cluster: ClusterPlan,
  part: ControlPlanePart,
  isReady: () => Promise<boolean>,
): Promise<void> {
  try {
    // To wait for what has ended would only hide its last words for a minute.
    await waitUntil(`${part} ready`, 60_000, async () => !isRunning(cluster, part) || (await isReady()));
    if (!isRunning(cluster, part)) throw new Error(`${part} ended`);
  } catch (cause) {
    const file = logFileOf(cluster, part);
    throw new Error(`${part} does not become ready; the end of ${file}:\n${fileTail(file)}`, { cause });
  }
}

function cgroupOf(cluster: ClusterPlan, part: ControlPlanePart): string {
  return `${cluster.cgroup}/control/${part}`;
}
