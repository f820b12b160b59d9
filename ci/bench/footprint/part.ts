import type { BenchOptions, Section } from "../section.ts";
import type { FootprintLab } from "./footprint-lab.ts";

/** What one part of the area comes to. */
export type PartResult = Omit<Section, "name">;

/** One part of the area: it measures in the lab. */
export type Part = (lab: FootprintLab, options: BenchOptions) => Promise<PartResult>;

/** How often short processes are run. */
export function repeatsOf({ repeats, isQuick }: BenchOptions): number {
  return repeats ?? (isQuick ? 5 : 15);
}
