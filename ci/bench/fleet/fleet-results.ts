import type { ControlPlaneCost } from "./control-plane-cost.ts";
import type { FaultedWave } from "./faulted-wave.ts";
import type { Outage } from "./outage.ts";
import type { Wave } from "./wave.ts";

/** All that a run of the bench has seen. */
export interface FleetResults {
  /** Waves without faults, by size and number of nodes. */
  readonly plain: readonly (Wave & NodeSize)[];
  /** The same once more, where the processor time of a quick bench's missed its bar. */
  readonly again: readonly (Wave & NodeSize)[];
  readonly faulted: readonly (FaultedWave & NodeSize)[];
  readonly outages: readonly (Outage & NodeSize)[];
  readonly ways: readonly WayCost[];
}

export interface NodeSize {
  /** What a Node was made to have in JSON, about. */
  readonly nodeBytes: number;
  /** What the first of them had. */
  readonly measuredBytes: number;
}

/** What a way to write has cost on so many nodes, in all. */
export interface WayCost extends NodeSize {
  readonly name: string;
  readonly requests: number;
  readonly nodes: number;
  readonly cost: ControlPlaneCost;
}

/** The results by the size of their Nodes, smaller ones first, and in each by the number of nodes. */
export function bySize<Result extends NodeSize & { readonly nodes: number }>(
  results: readonly Result[],
): readonly (readonly [number, readonly Result[]])[] {
  const ordered = results.toSorted((a, b) => a.nodes - b.nodes);
  return [...Map.groupBy(ordered, ({ nodeBytes }) => nodeBytes)].toSorted(([a], [b]) => a - b);
}
