import type { Bar } from "../section.ts";
import { gbit, linkRate, listBytes } from "./herd-plan.ts";
import type { HerdRun } from "./herd-run.ts";

const peakLimit = 1.2;

// A pull that shares its registry with as many others as chance brings together is not to come near any time limit.
const slowLimit = 4;

/** The bars of the windows in the chart's README. They are gates: the simulation has no neighbours, and its draws are seeded. */
export function herdBars(runs: readonly HerdRun[]): readonly Bar[] {
  const own = runs.filter(({ window, isOwnWindow }) => isOwnWindow && window > 0);
  return own.map((run) => (run.isBounded ? slowBar(run) : peakBar(run)));
}

function peakBar({ nodes, window, peakOfQuarter }: HerdRun): Bar {
  const mean = (nodes * listBytes) / window;
  const ratio = peakOfQuarter / mean;
  return {
    what: `${nodes} nodes, their window: the registry's traffic in the busiest quarter of it`,
    bar: `${peakLimit} times nodes x bytes / window at most`,
    seen: `${ratio.toFixed(2)} times ${gbit(mean).toFixed(1)} Gbit/s`,
    isReached: ratio <= peakLimit,
    isGate: true,
  };
}

function slowBar({ nodes, slowestSeconds }: HerdRun): Bar {
  const ratio = slowestSeconds / (listBytes / linkRate);
  return {
    what: `${nodes} nodes, their window, a registry of 10 Gbit/s: the slowest node's pull`,
    bar: `${slowLimit} times as long as alone at most`,
    seen: `${ratio.toFixed(2)} times, ${Math.round(slowestSeconds)} s`,
    isReached: ratio <= slowLimit,
    isGate: true,
  };
}
