// The parts of what `status` prints: of one release, and of what is left of others.
import { countOf } from "../../count-of.ts";
import { grid, type Row } from "../../grid.ts";
import type { ReportedNode } from "../fleet-report.ts";
import type { Leftover } from "../status-report.ts";
import { ageOf } from "./age.ts";
import { mostRows, shareOf, stateText, whyOf } from "./fleet-table.ts";
import { firstOf, groupsOf, nodesText } from "./status-groups.ts";

/** The nodes, those first that something is wrong with; of more than 20, such as are alike have one row. */
export function nodesPart(nodes: readonly ReportedNode[], width: number | undefined, now: Date): string {
  const likenessOf = (node: ReportedNode) => [
    stateText(node),
    node.revision,
    shareOf(node),
    whyOf(node),
    node.isCounted,
  ];
  const rows = groupsOf(nodes, likenessOf).map((group) => nodesRow(group, now));
  return tableOf(["NODE", "STATE", "REVISION", "PRESENT", "AGE", "WHY"], rows, width);
}

function nodesRow(group: readonly ReportedNode[], now: Date): Row {
  const [first] = group;
  if (first === undefined) return [];
  const name = nodesText(group.map((node) => node.name));
  return [name, stateText(first), first.revision ?? "", shareOf(first), agesOf(group, now), whyOf(first)];
}

/** How old their verdicts are: the age of all, or the least and the greatest. */
function agesOf(nodes: readonly ReportedNode[], now: Date): string {
  const times = nodes.flatMap(({ finishedAt }) => (finishedAt === undefined ? [] : [finishedAt]));
  const byAge = times.sort((a, b) => Date.parse(b) - Date.parse(a)).map((time) => ageOf(time, now));
  return [...new Set([...byAge.slice(0, 1), ...byAge.slice(-1)])].join(" to ");
}

/** On how many nodes something failed for each reason, and what; empty where nothing did. */
export function failuresPart(nodes: readonly ReportedNode[], width: number | undefined): string {
  const failures = nodes.flatMap(({ name, failed = [] }) =>
    failed.map((failure) => ({ name, reason: failure.reason, image: imageText(failure) })),
  );
  const byReason = [...Map.groupBy(failures, ({ reason }) => reason)].map(([reason, alike]) => ({
    reason,
    nodeCount: new Set(alike.map(({ name }) => name)).size,
    images: [...new Set(alike.map(({ image }) => image))],
  }));
  const rows = byReason
    .sort((a, b) => b.nodeCount - a.nodeCount)
    .map(({ reason, nodeCount, images }) => [reason, countOf(nodeCount, "node"), firstOf(images)]);
  return tableOf(["REASON", "ON", "IMAGES"], rows, width);
}

function imageText({ image, required }: { readonly image: string; readonly required?: false }): string {
  return required === false ? `${image} (optional)` : image;
}

/** What is left of releases that no longer speak for it; empty where nothing is. */
export function leftoversPart(leftovers: readonly Leftover[], width: number | undefined): string {
  const likenessOf = ({ instance, label, owner, kind }: Leftover) => [instance, label, owner, kind];
  const rows = groupsOf(leftovers, likenessOf).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { instance, label = "", owner = "", kind } = first;
    return [[nodesText(group.map(({ node }) => node)), instance, label, owner, kind]];
  });
  return tableOf(["LEFT ON", "INSTANCE", "LABEL", "OWNER", "KIND"], rows, width);
}

function tableOf(head: Row, rows: readonly Row[], width: number | undefined): string {
  if (rows.length === 0) return "";
  const table = grid([head, ...rows.slice(0, mostRows)], width);
  return rows.length > mostRows ? `${table}\nand ${rows.length - mostRows} more` : table;
}
