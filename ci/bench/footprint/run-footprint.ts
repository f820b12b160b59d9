import { storyClusters } from "../../test/story-clusters.ts";
import type { BenchOptions, Section } from "../section.ts";
import { measureColdStart } from "./cold-start.ts";
import { openFootprintLab } from "./footprint-lab.ts";
import { measureImage } from "./image-weight.ts";
import type { Part, PartResult } from "./part.ts";
import { measureResident } from "./resident.ts";
import { countRequests } from "./warm-requests.ts";
import { measureWarmRuns } from "./warm-runs.ts";

/** The parts by the names that `only` knows, in the order in which they run. */
const parts: Readonly<Record<string, Part>> = {
  warm: measureWarmRuns,
  cold: measureColdStart,
  requests: countRequests,
  resident: measureResident,
  image: measureImage,
};

/**
 * What the agent costs a node: time, processor time and memory beside a script that makes the same calls, its requests, what stays when it
 * is done, and its image. Brings a cluster of its own up and down. Throws where `only` names no part.
 */
export async function runFootprint(options: BenchOptions): Promise<Section> {
  const { isQuick, only = "", log, signal } = options;
  const wanted = Object.entries(parts).filter(([name]) => name.startsWith(only));
  if (wanted.length === 0) throw new Error(`footprint has no part ${only}: ${Object.keys(parts).join(", ")}`);
  const name = isQuick ? storyClusters.quickFootprint : "bench-footprint";
  await using lab = await openFootprintLab({ name, log, signal });
  const results: PartResult[] = [];
  const data: Record<string, unknown> = {};
  for (const [name, measure] of wanted) {
    signal.throwIfAborted();
    log(`footprint: ${name}`);
    const result = await measure(lab, options);
    results.push(result);
    data[name] = result.data;
  }
  return {
    name: "footprint",
    tables: results.flatMap(({ tables }) => tables),
    bars: results.flatMap(({ bars }) => bars),
    data,
    notes: results.flatMap(({ notes }) => notes),
  };
}
