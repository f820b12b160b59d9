import { apiServerReady, startPart, stopPart } from "./control-plane-process.ts";
import type { ClusterPlan } from "./plan.ts";

/** Kills the API server, as a crash would. */
export async function stopApiServer(cluster: ClusterPlan): Promise<void> {
  await stopPart(cluster, "kube-apiserver");
}

/** Starts the API server and returns once it serves. */
export async function startApiServer(cluster: ClusterPlan): Promise<void> {
  await startPart(cluster, "kube-apiserver");
  await apiServerReady(cluster);
}
