import type { SectionTable } from "../section.ts";
import { gbit, listBytes } from "./herd-plan.ts";
import type { HerdRun } from "./herd-run.ts";

/** A table for each of the two registries. */
export function herdTables(runs: readonly HerdRun[]): readonly SectionTable[] {
  return [
    unboundedTable(runs.filter((run) => !run.isBounded)),
    boundedTable(runs.filter((run) => run.isBounded)),
  ];
}

function unboundedTable(runs: readonly HerdRun[]): SectionTable {
  const head = [
    "nodes",
    "window",
    "nodes at once",
    "requests/s",
    "Gbit/s, busiest second",
    "busiest quarter of the window",
    "nodes x bytes / window",
    "last node done",
  ];
  const rows = runs.map((run) => [
    ...nameOf(run),
    String(run.mostAtOnce),
    run.peakRequests.toFixed(0),
    gbit(run.peak).toFixed(1),
    run.window === 0 ? "-" : gbit(run.peakOfQuarter).toFixed(1),
    run.window === 0 ? "-" : gbit((run.nodes * listBytes) / run.window).toFixed(1),
    durationText(run.lastDoneAt),
  ]);
  return { title: "A registry that gives whatever the nodes can take, at its peak", rows: [head, ...rows] };
}

function boundedTable(runs: readonly HerdRun[]): SectionTable {
  const head = ["nodes", "window", "nodes at once", "requests/s", "Gbit/s", "slowest pull", "last node done"];
  const rows = runs.map((run) => [
    ...nameOf(run),
    String(run.mostAtOnce),
    run.peakRequests.toFixed(0),
    gbit(run.peak).toFixed(1),
    durationText(run.slowestSeconds),
    durationText(run.lastDoneAt),
  ]);
  return {
    title: "A registry that gives 10 Gbit/s to all nodes together, at its peak",
    rows: [head, ...rows],
  };
}

function nameOf({ nodes, window, isOwnWindow }: HerdRun): readonly [nodes: string, window: string] {
  return [String(nodes), `${durationText(window)}${isOwnWindow ? " *" : ""}`];
}

/** Seconds as a chart's value has them, two parts at most: `0s`, `45s`, `35m`, `2h50m`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3_600), "h"],
    [Math.floor(whole / 60) % 60, "m"],
    [whole % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "0s";
  return parts
    .slice(first, first + 2)
    .map(([count, unit]) => (count > 0 ? `${count}${unit}` : ""))
    .join("");
}
