import { readFileSync } from "node:fs";
import { pidOfPart } from "../../cluster/control-plane-process.ts";
import type { ClusterPlan } from "../../cluster/plan.ts";

/** What the control plane has spent since it was started. */
export interface ControlPlaneCost {
  /** User and system time, to 10 ms. */
  readonly apiServerCpuMs: number;
  readonly etcdCpuMs: number;
  /** The bytes of all keys and values that etcd was given to put: what its log, and each of its replicas, had to take. */
  readonly etcdPutBytes: number;
  /** The bytes in use of its database, in which every version of an object stays until it is compacted. */
  readonly etcdInUseBytes: number;
}

/** What it has spent up to now. Throws where a part does not run, or etcd does not say. */
export async function costSoFar(cluster: ClusterPlan): Promise<ControlPlaneCost> {
  const metrics = await (await fetch(`http://${cluster.loopback}:2379/metrics`)).text();
  return {
    apiServerCpuMs: cpuMsOf(cluster, "kube-apiserver"),
    etcdCpuMs: cpuMsOf(cluster, "etcd"),
    etcdPutBytes: gaugeIn(metrics, "etcd_debugging_mvcc_total_put_size_in_bytes"),
    etcdInUseBytes: gaugeIn(metrics, "etcd_mvcc_db_total_size_in_use_in_bytes"),
  };
}

/** What was spent between the two, of each. */
export function costBetween(before: ControlPlaneCost, after: ControlPlaneCost): ControlPlaneCost {
  return {
    apiServerCpuMs: after.apiServerCpuMs - before.apiServerCpuMs,
    etcdCpuMs: after.etcdCpuMs - before.etcdCpuMs,
    etcdPutBytes: after.etcdPutBytes - before.etcdPutBytes,
    etcdInUseBytes: after.etcdInUseBytes - before.etcdInUseBytes,
  };
}

/** The processor time that the part's process has taken. */
export function cpuMsOf(cluster: ClusterPlan, part: "kube-apiserver" | "etcd"): number {
  const pid = pidOfPart(cluster, part);
  if (pid === undefined) throw new Error(`${part} does not run`);
  return cpuMsIn(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

// The kernel counts in hundredths of a second whatever its own clock does (USER_HZ).
const msPerTick = 10;

/** User and system time in the text of a process's `stat`, whose second field is a name with anything in it. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

function gaugeIn(metrics: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1];
  if (value === undefined) throw new Error(`etcd does not tell ${name}`);
  return Number(value);
}
