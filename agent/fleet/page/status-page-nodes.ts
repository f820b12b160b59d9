import { countOf } from "../../count-of.ts";
import { cut } from "../../cut.ts";
import { nodeStates, type ReportedNode } from "../fleet-report.ts";
import type { ReleaseStatus } from "../status-report.ts";
import type { Cause } from "./status-page-causes.ts";
import { type Html, html } from "./status-page-html.ts";
import { markOf, stateLooks, wordsOf } from "./status-page-states.ts";

/** All nodes of a release as cells, state by state; a cell leads to its cause, or else to what its state means. Ids begin with `prefix`. */
export function nodesPart(release: ReleaseStatus, causes: readonly Cause[], prefix: string): Html {
  const targets = new Map(causes.flatMap(({ id, names }) => names.map((name) => [name, id] as const)));
  const cells = (nodes: readonly ReportedNode[]) =>
    nodes.map((node) => cellOf(node, targets.get(node.name) ?? `is-${node.state}`, release.revision));
  const groups = stateGroupsOf(release.nodes).map(
    ({ heading, nodes }, index) => html`
<div class=group><h3 id=${prefix}g${index}>${heading} <span class=n>${nodes.length}</span></h3>
<ul class=cells role=list aria-labelledby=${prefix}g${index}>${cells(nodes)}</ul></div>`,
  );
  return html`${groups}${absencePart(release)}\n`;
}

interface NodeGroup {
  readonly heading: Html;
  readonly nodes: readonly ReportedNode[];
}

function stateGroupsOf(nodes: readonly ReportedNode[]): readonly NodeGroup[] {
  const others = nodes.filter((node) => !isLeftOut(node));
  const byState = nodeStates.map((state) => ({
    heading: html`${markOf(state)} ${wordsOf(state)}`,
    nodes: others.filter((node) => node.state === state),
  }));
  const leftOut = { heading: html`not Ready, left out`, nodes: nodes.filter(isLeftOut) };
  return [...byState, leftOut].filter((group) => group.nodes.length > 0);
}

function isLeftOut({ isCounted, isReady, state }: ReportedNode): boolean {
  return !isCounted && !isReady && state !== "missing" && state !== "nothing-to-do";
}

function absencePart({ absent }: ReleaseStatus): Html {
  if (absent === 0) return html``;
  const nodes = absent === 1 ? "node that has" : "nodes that have";
  return html`
<div class=group><h3>without a pod <span class=n>${absent}</span></h3><p>The DaemonSet chooses ${absent} ${nodes} no pod of it.</p></div>`;
}

function cellOf(node: ReportedNode, target: string, revision: string): Html {
  const { name, state } = node;
  const said = [wordsOf(state), ...reasonsOf(node), ...readinessOf(node)].join(", ");
  return html`
<li><a class=${state} href=#${target} aria-label="node ${name}: ${said}" data-d="${factsOf(node, revision).join(", ")}">${stateLooks[state].mark}</a>`;
}

// A line on a narrow screen; where the cell leads to has all of it.
const longestReason = 80;

function reasonsOf({ failed = [], why }: ReportedNode): readonly string[] {
  const reasons = [...new Set(failed.map(({ reason }) => reason))];
  return [...reasons, ...(why === undefined ? [] : [why])]
    .slice(0, 3)
    .map((each) => cut(each, longestReason));
}

function readinessOf({ isReady, state }: ReportedNode): readonly string[] {
  return isReady || state === "missing" ? [] : ["not Ready"];
}

/** What else is known of a node, for whoever points at it. */
function factsOf(node: ReportedNode, expected: string): readonly string[] {
  const { present, entries, finishedAt, revision } = node;
  return [
    ...(present === undefined || entries === undefined ? [] : [`${present} of ${countOf(entries, "image")}`]),
    ...(finishedAt === undefined ? [] : [finishedAt]),
    ...(revision === undefined || revision === expected ? [] : [`revision ${revision}`]),
  ];
}
