import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hierarchies } from "../../cluster/cgroup.ts";
import { containerCgroup } from "./container-processes.ts";

/** The processor time that the pod's container has taken since it was made, in milliseconds: of all processes that were ever in it. */
export function processorMsOf(node: string, podUid: string, containerId: string): number {
  const folders = hierarchies().map((hierarchy) =>
    join(hierarchy, containerCgroup(node, podUid, containerId)),
  );
  for (const folder of folders) {
    const [nanoseconds, statistics] = [join(folder, "cpuacct.usage"), join(folder, "cpu.stat")];
    if (existsSync(nanoseconds)) return Number(readFileSync(nanoseconds, "utf8")) / 1e6;
    const microseconds = existsSync(statistics)
      ? /^usage_usec (\d+)$/m.exec(readFileSync(statistics, "utf8"))?.[1]
      : undefined;
    if (microseconds !== undefined) return Number(microseconds) / 1e3;
  }
  throw new Error(`no cgroup tells the processor time of container ${containerId} on ${node}`);
}
