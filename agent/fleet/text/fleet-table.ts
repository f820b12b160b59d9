import { countOf } from "../../count-of.ts";
import { grid, labelled, type Row } from "../../grid.ts";
import { visible } from "../../visible.ts";
import { type FleetReport, nodeStates, type ReportedNode } from "../fleet-report.ts";
import type { FailedImage } from "../node-progress.ts";

/**
 * The report as text for a terminal of `width` columns, in which long cells are wrapped; undefined for no terminal, where every row is one
 * line. A row for each node that counts and did not succeed, 50 at most; the others are only counted. Ends with the line that says how many
 * succeeded, and whether that will do. A terminal obeys nothing of what the report says.
 */
export function fleetTableFrom(report: FleetReport, width: number | undefined): string {
  const parts = [
    visible(headOf(report)),
    countsLine(report),
    wrongNodesPart(report, width),
    noticesPart(report, width),
    summaryOf(report),
  ];
  return textOf(parts);
}

/** The parts that there are, with an empty line between them. */
export function textOf(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Problems and notes, a line each. */
export function noticesPart(
  { problems = [], notes }: { readonly problems?: readonly string[]; readonly notes: readonly string[] },
  width: number | undefined,
): string {
  return grid([...labelled("PROBLEM", problems), ...labelled("NOTE", notes)], width);
}

/** Whose list it is, and where it is said; not fit for a terminal yet. */
export function headOf({ namespace, release, daemonSet, key, revision }: FleetReport): string {
  return `release ${namespace}/${release}, DaemonSet ${daemonSet}: ${key} for revision ${revision}`;
}

/** How many nodes there are, and of those how many in which state, a line each. */
export function countsLine(report: FleetReport): string {
  const total = `${countOf(report.nodes.length, "node")} with a pod`;
  return [total, ...countTexts(report).map((each) => `  ${each}`)].join("\n");
}

/** How many nodes are in each state that any is in. */
export function countTexts({ counts, absent, notReady }: FleetReport): readonly string[] {
  const states = nodeStates
    .toReversed()
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${state}`);
  const leftOut = notReady === 0 ? [] : [`${notReady} not Ready and left out`];
  const without =
    absent === 0 ? [] : [`${countOf(absent, "chosen node")} ${absent === 1 ? "has" : "have"} no pod`];
  return [...states, ...leftOut, ...without];
}

// A screen; the JSON has them all.
export const mostRows = 50;

/** The nodes that count and did not succeed. */
export function wrongNodesIn({ nodes }: FleetReport): readonly ReportedNode[] {
  return nodes.filter(({ isCounted, state }) => isCounted && state !== "succeeded");
}

function wrongNodesPart(report: FleetReport, width: number | undefined): string {
  const wrong = wrongNodesIn(report);
  if (wrong.length === 0) return "";
  const shown = wrong.slice(0, mostRows).map(nodeRow);
  const table = grid([["NODE", "STATE", "PRESENT", "WHY"], ...shown], width);
  return wrong.length > mostRows ? `${table}\nand ${wrong.length - mostRows} more` : table;
}

function nodeRow(node: ReportedNode): Row {
  return [node.name, stateText(node), shareOf(node), whyOf(node)];
}

/** The node's state, and that it is not Ready where it is not. */
export function stateText({ state, isReady }: ReportedNode): string {
  return isReady ? state : `${state}, not Ready`;
}

/** How many of the list's entries are there, `3/20`; empty where the node does not say so. */
export function shareOf({ present, entries }: ReportedNode): string {
  return present === undefined || entries === undefined ? "" : `${present}/${entries}`;
}

/** Why it is not `succeeded`, and what failed. */
export function whyOf({ failed = [], moreFailed = 0, why }: ReportedNode): string {
  const reasons = [...(why === undefined ? [] : [why]), ...failed.map(failureText)];
  return [...reasons, ...(moreFailed === 0 ? [] : [`and ${moreFailed} more`])].join("; ");
}

function failureText(failure: FailedImage): string {
  const optional = failure.required === false ? " (optional)" : "";
  return `${failure.image}: ${failure.reason}${optional}`;
}

/** How many nodes count. */
export function countedIn({ nodes, absent }: FleetReport): number {
  return nodes.filter(({ isCounted }) => isCounted).length + absent;
}

/** How many of the nodes that count succeeded, and whether that will do. */
export function summaryOf(report: FleetReport): string {
  const { counts, percent, minPercent, problems } = report;
  const share = `${counts.succeeded} of ${countOf(countedIn(report), "node")} (${percent} %) say \`succeeded\`; ${minPercent} % have to`;
  return problems.length === 0
    ? `${share}. Nothing is wrong.`
    : `${share}. ${countOf(problems.length, "problem")}.`;
}
