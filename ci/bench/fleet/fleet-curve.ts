import { type CurvePanel, curveSvg } from "./curve.ts";
import { kilobytes } from "./figures.ts";
import { bySize, type FleetResults } from "./fleet-results.ts";
import { extrapolatedNodes } from "./fleet-tables.ts";

type PlainWave = FleetResults["plain"][number];

/** What a wave without faults costs in all, by the number of nodes, as SVG. */
export function fleetCurve({ plain }: FleetResults): string {
  const panel = (title: string, totalOf: (wave: PlainWave) => number): CurvePanel => ({
    title,
    series: bySize(plain).map(([bytes, waves]) => ({
      name: `Nodes of ${kilobytes(bytes)}`,
      points: waves.map((wave) => ({ x: wave.nodes, y: totalOf(wave) })),
    })),
  });
  return curveSvg(
    [
      panel("API server CPU, seconds", ({ cost }) => cost.apiServerCpuMs / 1000),
      panel("requests to the API server", ({ received }) => received.length),
      panel("put into etcd, megabytes", ({ cost }) => cost.etcdPutBytes / 1e6),
    ],
    { xTitle: "nodes, each with a new list", extrapolatedTo: extrapolatedNodes },
  );
}
