import { type Bar, quickMargin } from "../section.ts";
import { kilobytes } from "./figures.ts";
import { bySize, type FleetResults } from "./fleet-results.ts";

type PlainWave = FleetResults["plain"][number];

const growthLimit = 1.5;

/**
 * The bars of what a label costs at the largest fleet, to what it does at the one before. Processor time is a gate of the quick bench alone, and
 * where it was measured once more goes by that; bytes and requests are counts.
 */
export function growthBars({ plain, again }: FleetResults, isQuick: boolean): readonly Bar[] {
  const limit = limitOf(isQuick);
  return growthsOf(plain).flatMap((growth) => {
    const { largest, former, times } = growth;
    const bar = (what: string, each: readonly number[], isGate: boolean): Bar => ({
      what: `${what} at ${largest.nodes} nodes of ${kilobytes(largest.nodeBytes)}, to that at ${former.nodes}`,
      bar: `${limit} at most`,
      seen: each.map((ratio) => ratio.toFixed(2)).join(", once more "),
      isReached: (each.at(-1) ?? Number.NaN) <= limit,
      isGate,
    });
    const repeated = growthsOf(again).filter((other) => other.largest.nodeBytes === largest.nodeBytes);
    const cpuTimes = [growth, ...repeated].map((each) => each.times(apiServerCpuMs));
    return [
      bar("API server CPU per label", cpuTimes, isQuick),
      bar("etcd bytes per label", [times(({ cost }) => cost.etcdPutBytes)], true),
      bar("requests per agent", [times(({ received }) => received.length)], true),
    ];
  });
}

/** Whether waves of the quick bench miss the bar of processor time, by which a machine that was busy for a while makes them fail as well. */
export function isCpuGrowthMissed(waves: readonly PlainWave[]): boolean {
  return growthsOf(waves).some(({ times }) => times(apiServerCpuMs) > limitOf(true));
}

interface Growth {
  readonly largest: PlainWave;
  readonly former: PlainWave;
  /** How many times a node's part of the total at the largest is that at the former. */
  readonly times: (totalOf: (wave: PlainWave) => number) => number;
}

/** From the second largest to the largest fleet of each size of Node. */
function growthsOf(waves: readonly PlainWave[]): readonly Growth[] {
  return bySize(waves).flatMap(([, bySameSize]) => {
    const [largest, former] = bySameSize.toReversed();
    if (largest === undefined || former === undefined) return [];
    const times = (totalOf: (wave: PlainWave) => number) =>
      totalOf(largest) / largest.nodes / (totalOf(former) / former.nodes);
    return [{ largest, former, times }];
  });
}

function apiServerCpuMs({ cost }: PlainWave): number {
  return cost.apiServerCpuMs;
}

function limitOf(isQuick: boolean): number {
  return isQuick ? growthLimit * quickMargin : growthLimit;
}
