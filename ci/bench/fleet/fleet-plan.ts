import type { BenchOptions } from "../section.ts";

/** What is done with a fleet of one size. */
export type FleetPart = "plain" | "faults" | "ways" | "outage";

/** What a run of the bench consists of. */
export interface FleetPlan {
  readonly sizes: readonly {
    /** Of a Node in JSON. */
    readonly bytes: number;
    /** The fleet grows from one to the next. */
    readonly stages: readonly { readonly nodes: number; readonly parts: readonly FleetPart[] }[];
  }[];
  /** How many agents run at the same time. */
  readonly atOnce: number;
  readonly atOnceWithFaults: number;
  readonly pullMs: number;
  /** How long the API server is away before it is started again. */
  readonly awayMs: number;
  /** On how many of a stage's nodes the ways to write are compared. */
  readonly nodesOfWays: number;
}

const common = {
  // A DaemonSet's controller makes some 20 pods a second, each of whose agents is at work for a few seconds.
  atOnce: 50,
  // Most of these wait for their next try.
  atOnceWithFaults: 150,
  pullMs: 50,
  nodesOfWays: 500,
};

const full: FleetPlan = {
  ...common,
  sizes: [
    {
      bytes: 11_000,
      stages: [
        { nodes: 100, parts: ["plain"] },
        { nodes: 1000, parts: ["plain"] },
        { nodes: 5000, parts: ["plain", "faults"] },
      ],
    },
    {
      bytes: 20_000,
      stages: [
        { nodes: 100, parts: ["plain"] },
        { nodes: 500, parts: ["outage"] },
        { nodes: 1000, parts: ["plain", "ways"] },
        { nodes: 5000, parts: ["plain"] },
      ],
    },
  ],
  awayMs: 5_000,
};

const quick: FleetPlan = {
  ...common,
  sizes: [
    {
      bytes: 20_000,
      stages: [
        { nodes: 100, parts: ["plain", "outage"] },
        { nodes: 500, parts: ["plain", "faults"] },
      ],
    },
  ],
  awayMs: 2_000,
};

/** The plan of a run. `only` takes a part by its name; where there is none of that name it throws a sentence with those there are. */
export function fleetPlanOf({ isQuick, only }: Pick<BenchOptions, "isQuick" | "only">): FleetPlan {
  const plan = isQuick ? quick : full;
  if (only === undefined) return plan;
  const known = new Set(plan.sizes.flatMap(({ stages }) => stages.flatMap(({ parts }) => parts)));
  const wanted = [...known].find((part) => part === only);
  if (wanted === undefined) throw new Error(`the fleet has no part ${only}; it has ${[...known].join(", ")}`);
  const sizes = plan.sizes.map(({ bytes, stages }) => ({
    bytes,
    stages: stages.flatMap(({ nodes, parts }) =>
      parts.includes(wanted) ? [{ nodes, parts: [wanted] }] : [],
    ),
  }));
  return { ...plan, sizes: sizes.filter(({ stages }) => stages.length > 0) };
}
