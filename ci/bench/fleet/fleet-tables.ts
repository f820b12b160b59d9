import type { SectionTable } from "../section.ts";
import { extrapolated, kilobytes } from "./figures.ts";
import { bySize, type FleetResults } from "./fleet-results.ts";

/** How many nodes the fleet is extrapolated to. */
export const extrapolatedNodes = 10_000;

/** The tables of the fleet; one without rows is left out. */
export function fleetTables(results: FleetResults): readonly SectionTable[] {
  return [plainTable(results), faultedTable(results), outageTable(results), waysTable(results)].filter(
    ({ rows }) => rows.length > 1,
  );
}

function plainTable({ plain, again }: FleetResults): SectionTable {
  const head = [
    "nodes",
    "Node",
    "write p50",
    "write p99",
    "API server CPU per label",
    "etcd CPU per label",
    "etcd put per label",
    "etcd in use per label",
    "requests per agent",
    "wave",
  ];
  const rows = bySize(plain).flatMap(([bytes, waves]) => [
    ...waves.map((wave) => plainRow(thousands(wave.nodes), wave)),
    ...again
      .filter(({ nodeBytes }) => nodeBytes === bytes)
      .map((wave) => plainRow(`${thousands(wave.nodes)}, once more`, wave)),
    ...extrapolatedRow(bytes, waves),
  ]);
  return { title: "A new list on every node, without faults", rows: [head, ...rows] };
}

function plainRow(
  name: string,
  { nodes, nodeBytes, writeP50Ms, writeP99Ms, cost, received, wallMs }: FleetResults["plain"][number],
): string[] {
  return [
    name,
    kilobytes(nodeBytes),
    `${writeP50Ms.toFixed(0)} ms`,
    `${writeP99Ms.toFixed(0)} ms`,
    ...perLabel(nodes, [cost.apiServerCpuMs, cost.etcdCpuMs, cost.etcdPutBytes, cost.etcdInUseBytes]),
    (received.length / nodes).toFixed(2),
    seconds(wallMs),
  ];
}

function extrapolatedRow(bytes: number, waves: FleetResults["plain"]): readonly string[][] {
  if (waves.length < 2) return [];
  const at = (totalOf: (wave: FleetResults["plain"][number]) => number) =>
    extrapolated(
      waves.map((wave) => ({ x: wave.nodes, y: totalOf(wave) })),
      extrapolatedNodes,
    );
  const totals = [
    at(({ cost }) => cost.apiServerCpuMs),
    at(({ cost }) => cost.etcdCpuMs),
    at(({ cost }) => cost.etcdPutBytes),
    at(({ cost }) => cost.etcdInUseBytes),
  ] as const;
  const requests = (at(({ received }) => received.length) / extrapolatedNodes).toFixed(2);
  const name = `${thousands(extrapolatedNodes)} (extrapolated)`;
  return [[name, kilobytes(bytes), "-", "-", ...perLabel(extrapolatedNodes, totals), requests, "-"]];
}

function perLabel(
  nodes: number,
  [apiServerMs, etcdMs, putBytes, inUseBytes]: readonly [number, number, number, number],
): readonly string[] {
  return [
    `${(apiServerMs / nodes).toFixed(1)} ms`,
    `${(etcdMs / nodes).toFixed(1)} ms`,
    `${(putBytes / nodes / 1000).toFixed(1)} kB`,
    `${(inUseBytes / nodes / 1000).toFixed(1)} kB`,
  ];
}

function faultedTable({ faulted }: FleetResults): SectionTable {
  const head = [
    "nodes",
    "Node",
    "faults",
    "requests per agent",
    "last try p50",
    "last try p99",
    "wrong",
    "wave",
  ];
  const rows = bySize(faulted).flatMap(([bytes, waves]) =>
    waves.map(({ nodes, injected, sent, writeP50Ms, writeP99Ms, faults, wallMs }) => [
      thousands(nodes),
      kilobytes(bytes),
      Object.values(injected)
        .reduce((sum, each) => sum + each, 0)
        .toString(),
      (sent / nodes).toFixed(2),
      `${writeP50Ms.toFixed(0)} ms`,
      `${writeP99Ms.toFixed(0)} ms`,
      String(faults.marks.length + faults.foreign.length),
      seconds(wallMs),
    ]),
  );
  const title = "The same through 429, 409, 500, broken connections, silence and requests that arrive late";
  return { title, rows: [head, ...rows] };
}

function outageTable({ outages }: FleetResults): SectionTable {
  const head = ["nodes", "Node", "away", "peak of requests", "requests", "429", "wrong", "all written after"];
  const rows = outages.map((outage) => [
    thousands(outage.nodes),
    kilobytes(outage.nodeBytes),
    seconds(outage.awayMs),
    `${outage.peakPerSecond} per second`,
    String(outage.received),
    String(outage.throttled),
    String(outage.faults.marks.length + outage.faults.foreign.length),
    seconds(outage.afterMs),
  ]);
  return { title: "All nodes at once after an outage of the API server", rows: [head, ...rows] };
}

function waysTable({ ways }: FleetResults): SectionTable {
  const head = ["a label by", "nodes", "Node", "requests", "API server CPU per label", "to the first"];
  const rows = ways.map(({ name, nodes, nodeBytes, requests, cost }) => [
    name,
    thousands(nodes),
    kilobytes(nodeBytes),
    String(requests),
    `${(cost.apiServerCpuMs / nodes).toFixed(1)} ms`,
    (cost.apiServerCpuMs / (ways[0]?.cost.apiServerCpuMs ?? 1)).toFixed(2),
  ]);
  return { title: "Ways to write a label", rows: [head, ...rows] };
}

function thousands(value: number): string {
  return value.toLocaleString("en-GB");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
