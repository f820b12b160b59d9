import { countOf } from "../count-of.ts";
import { grid, labelled, type Row } from "../grid.ts";
import { visible } from "../visible.ts";
import { type FleetReport, nodeStates, type ReportedNode } from "./fleet-report.ts";
import type { FailedImage } from "./node-progress.ts";

/**
 * The report as text for a terminal of `width` columns, in which long cells are wrapped; undefined for no terminal, where every row is one
 * line. A row for each node that counts and did not succeed, 50 at most; the others are only counted. Ends with the line that says how many
 * succeeded, and whether that will do. A terminal obeys nothing of what the report says.
 */
export function fleetTableFrom(report: FleetReport, width: number | undefined): string {
  const { problems, notes } = report;
  const parts = [
    visible(headOf(report)),
    countsLine(report),
    nodesPart(report, width),
    grid([...labelled("PROBLEM", problems), ...labelled("NOTE", notes)], width),
    summaryOf(report),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function headOf({ namespace, release, daemonSet, key, revision }: FleetReport): string {
  return `release ${namespace}/${release}, DaemonSet ${daemonSet}: ${key} for revision ${revision}`;
}

function countsLine({ nodes, counts, absent, notReady }: FleetReport): string {
  const states = nodeStates
    .toReversed()
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${state}`);
  const leftOut = notReady === 0 ? [] : [`${notReady} not Ready and left out`];
  const without =
    absent === 0 ? [] : [`${countOf(absent, "chosen node")} ${absent === 1 ? "has" : "have"} no pod`];
  return [
    `${countOf(nodes.length, "node")} with a pod`,
    ...[...states, ...leftOut, ...without].map((each) => `  ${each}`),
  ].join("\n");
}

// A screen; the JSON has them all.
const mostRows = 50;

function nodesPart({ nodes }: FleetReport, width: number | undefined): string {
  const wrong = nodes.filter(({ isCounted, state }) => isCounted && state !== "succeeded");
  if (wrong.length === 0) return "";
  const shown = wrong.slice(0, mostRows).map(nodeRow);
  const table = grid([["NODE", "STATE", "PRESENT", "WHY"], ...shown], width);
  return wrong.length > mostRows ? `${table}\nand ${wrong.length - mostRows} more` : table;
}

function nodeRow(node: ReportedNode): Row {
  const { name, state, isReady, present, entries } = node;
  const share = present === undefined || entries === undefined ? "" : `${present}/${entries}`;
  return [name, isReady ? state : `${state}, not Ready`, share, whyOf(node)];
}

function whyOf({ failed = [], moreFailed = 0, why }: ReportedNode): string {
  const reasons = [...(why === undefined ? [] : [why]), ...failed.map(failureText)];
  return [...reasons, ...(moreFailed === 0 ? [] : [`and ${moreFailed} more`])].join("; ");
}

function failureText({ image, reason, required }: FailedImage): string {
  return `${image}: ${reason}${required === false ? " (optional)" : ""}`;
}

function summaryOf({ nodes, counts, absent, percent, minPercent, problems }: FleetReport): string {
  const counted = nodes.filter(({ isCounted }) => isCounted).length + absent;
  const share = `${counts.succeeded} of ${countOf(counted, "node")} (${percent} %) say \`succeeded\`; ${minPercent} % have to`;
  return problems.length === 0
    ? `${share}. Nothing is wrong.`
    : `${share}. ${countOf(problems.length, "problem")}.`;
}
