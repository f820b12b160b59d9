import { readFileSync } from "node:fs";
import { join } from "node:path";
import { processesIn } from "../../cluster/cgroup.ts";
import { argumentsOf, isAgent } from "./agent-process.ts";
import { testCluster } from "./scene.ts";

/** A process of a container as the host's /proc has it. */
export interface ProcessSeen {
  /** As the host numbers it. */
  readonly pid: number;
  /** Real, effective, saved and file system ID. */
  readonly userIds: readonly number[];
  readonly groupIds: readonly number[];
  readonly supplementaryGroupIds: readonly number[];
  /** Every capability set, ORed: zero where the process has none and can get none. */
  readonly capabilities: bigint;
  readonly hasNoNewPrivileges: boolean;
  readonly isFilteredBySeccomp: boolean;
  /** PSS: pages that are shared with other processes count in part. */
  readonly proportionalSetSizeBytes: number;
  /** RSS: they count in full. */
  readonly residentSetSizeBytes: number;
  readonly mounts: readonly { readonly path: string; readonly isReadOnly: boolean }[];
}

/** The processes of the pod's container `containerId` on `node`, none if it does not run. */
export function containerProcesses(
  node: string,
  podUid: string,
  containerId: string,
): readonly ProcessSeen[] {
  return processesIn(containerCgroup(node, podUid, containerId)).map(processFrom);
}

/** The cgroup of the pod's container, below each hierarchy's root. */
export function containerCgroup(node: string, podUid: string, containerId: string): string {
  const nodeCgroup = testCluster().nodes.find(({ name }) => name === node)?.cgroup;
  if (nodeCgroup === undefined) throw new Error(`the test cluster has no node ${node}`);
  // The kubelet's name for the cgroup of a pod that requests less than it may use.
  const podCgroup = join(nodeCgroup, "kubepods", "burstable", `pod${podUid}`);
  return join(podCgroup, containerId);
}

/** The agent itself among them, not the process that has started it; undefined if it does not run. */
export function agentProcess(node: string, podUid: string, containerId: string): ProcessSeen | undefined {
  return containerProcesses(node, podUid, containerId).find(({ pid }) => isAgent(argumentsOf(pid)));
}

function processFrom(pid: number): ProcessSeen {
  const status = fieldsOf(`/proc/${pid}/status`);
  const memory = fieldsOf(`/proc/${pid}/smaps_rollup`);
  const bytes = (field: string) => 1024 * Number.parseInt(memory.get(field) ?? "", 10);
  const numbers = (field: string) => (status.get(field) ?? "").split(/\s+/).filter(Boolean).map(Number);
  const sets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];
  return {
    pid,
    userIds: numbers("Uid"),
    groupIds: numbers("Gid"),
    supplementaryGroupIds: numbers("Groups"),
    capabilities: sets.reduce((all, set) => all | BigInt(`0x${status.get(set) ?? "missing"}`), 0n),
    hasNoNewPrivileges: status.get("NoNewPrivs") === "1",
    isFilteredBySeccomp: status.get("Seccomp") === "2",
    proportionalSetSizeBytes: bytes("Pss"),
    residentSetSizeBytes: bytes("Rss"),
    mounts: mountsOf(pid),
  };
}

function fieldsOf(file: string): ReadonlyMap<string, string> {
  const lines = readFileSync(file, "utf8").split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^(\w+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function mountsOf(pid: number): ProcessSeen["mounts"] {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [, , , , path = "", options = ""] = line.split(" ");
    return { path, isReadOnly: options.split(",").includes("ro") };
  });
}
