import type { BenchOptions, Section } from "../section.ts";
import { seededRandom } from "../seeded-random.ts";
import { herdBars } from "./herd-bars.ts";
import {
  commonWindows,
  type HerdFleet,
  herdFleets,
  linkRate,
  listBytes,
  podsPerSecond,
  registryRate,
  requestsPerNode,
  startsOf,
} from "./herd-plan.ts";
import type { HerdRun } from "./herd-run.ts";
import { herdTables } from "./herd-tables.ts";
import { peakRate, simulatePulls } from "./simulate-pulls.ts";

/**
 * What a registry sees of fleets that begin to pull at the same time, with and without a stagger window: a simulation, with the agent's own
 * shares. Takes a second or two. Throws where `only` names no fleet.
 */
export async function runHerd({ seed, only = "", signal }: BenchOptions): Promise<Section> {
  const fleets = herdFleets.filter(({ nodes }) => `herd of ${nodes}`.includes(only));
  if (fleets.length === 0) {
    const known = herdFleets.map(({ nodes }) => `herd of ${nodes}`);
    throw new Error(`herd has no part ${only}: ${known.join(", ")}`);
  }
  const runs: HerdRun[] = [];
  for (const fleet of fleets) {
    signal.throwIfAborted();
    runs.push(...runsOf(fleet, seed));
  }
  return { name: "herd", tables: herdTables(runs), bars: herdBars(runs), data: runs, notes };
}

/** The fleet with each of the windows, before a registry without a bound and one that has one. */
function runsOf(fleet: HerdFleet, seed: number): readonly HerdRun[] {
  const windows = [...new Set([...commonWindows, fleet.window])].sort((a, b) => a - b);
  return windows.flatMap((window) =>
    [Number.POSITIVE_INFINITY, registryRate].map((egressRate) => runOf(fleet, window, egressRate, seed)),
  );
}

function runOf(fleet: HerdFleet, window: number, egressRate: number, seed: number): HerdRun {
  const { nodes } = fleet;
  const startsAt = startsOf(nodes, window, seededRandom(seed));
  const pulls = simulatePulls({ startsAt, bytesPerNode: listBytes, linkRate, egressRate });
  const { bytesBySecond, ...seen } = pulls;
  const peak = peakRate(bytesBySecond, 1);
  return {
    nodes,
    window,
    isOwnWindow: window === fleet.window,
    isBounded: egressRate !== Number.POSITIVE_INFINITY,
    peak,
    peakOfQuarter: window === 0 ? peak : peakRate(bytesBySecond, window / 4),
    peakRequests: (peak / listBytes) * requestsPerNode,
    ...seen,
  };
}

const notes = [
  `A simulation: each node pulls 20 images, ${listBytes / 1e9} GB, over a link of 1 Gbit/s, ${requestsPerNode} requests spread over them; the DaemonSet's controller makes ${podsPerSecond} pods a second.`,
  "Shares come from a hash, so that chance brings some nodes together for a while: the single second is the worst of it, and a quarter of the window what the arithmetic can say.",
];
