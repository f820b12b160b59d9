import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterPlan } from "../../cluster/plan.ts";
import { cpuMsOf } from "./control-plane-cost.ts";

// For some seconds after its start it computes its own API's description, which would be counted as the next wave's.
const idleShare = 0.15;
const longestWaitMs = 20_000;
const everyMs = 500;

/** Returns once the API server has next to nothing to do, or 20 s are over; rejects where the signal aborts. */
export async function apiServerIdle(cluster: ClusterPlan, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < longestWaitMs; waitedMs += everyMs) {
    const before = cpuMsOf(cluster, "kube-apiserver");
    await sleep(everyMs, undefined, { signal });
    if (cpuMsOf(cluster, "kube-apiserver") - before < idleShare * everyMs) return;
  }
}
