import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hierarchies, trackingHierarchy } from "./cgroup.ts";

/** The hierarchy that counts the processor time of a cgroup whose processes join it. */
export function timeHierarchy(): string {
  return (
    hierarchies().find((hierarchy) => existsSync(join(hierarchy, "cpuacct.usage"))) ?? trackingHierarchy()
  );
}

/**
 * The processor time that all processes that were ever in the cgroup have taken in it, in milliseconds; undefined where no hierarchy
 * counts it.
 */
export function processorMsIn(cgroup: string): number | undefined {
  for (const folder of hierarchies().map((hierarchy) => join(hierarchy, cgroup))) {
    const [nanoseconds, statistics] = [join(folder, "cpuacct.usage"), join(folder, "cpu.stat")];
    if (existsSync(nanoseconds)) return Number(readFileSync(nanoseconds, "utf8")) / 1e6;
    const microseconds = existsSync(statistics)
      ? /^usage_usec (\d+)$/m.exec(readFileSync(statistics, "utf8"))?.[1]
      : undefined;
    if (microseconds !== undefined) return Number(microseconds) / 1e3;
  }
  return undefined;
}
