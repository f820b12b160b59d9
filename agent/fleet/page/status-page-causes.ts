// Nodes that did not succeed for the same reason are told of together: a fleet fails by the hundred.
import { countOf } from "../../count-of.ts";
import type { NodeState } from "../fleet-judgement.ts";
import type { ReportedNode } from "../fleet-report.ts";
import type { FailedImage } from "../node-progress.ts";
import { type Html, html, joined } from "./status-page-html.ts";
import { markOf, wordsOf } from "./status-page-states.ts";

/** What keeps some nodes from `succeeded`. */
export interface Cause {
  /** Of its element on the page. */
  readonly id: string;
  readonly state: NodeState;
  readonly why: string | undefined;
  readonly failed: readonly FailedImage[];
  readonly moreFailed: number;
  readonly names: readonly string[];
}

// More than anybody reads; it bounds the page where each of thousands of nodes has reasons of its own, at 3 kB a node.
const mostCauses = 200;

/** The reasons of these nodes, in the order of the nodes, and how many nodes have further ones. Ids begin with `prefix`. */
export function causesOf(
  nodes: readonly ReportedNode[],
  prefix: string,
): { readonly causes: readonly Cause[]; readonly without: number } {
  const groups = Map.groupBy(nodes.filter(isWrong), reasonsOf);
  const causes = [...groups.values()].map((same, index) => causeFrom(same, `${prefix}c${index}`));
  return {
    causes: causes.slice(0, mostCauses),
    without: causes.slice(mostCauses).reduce((sum, { names }) => sum + names.length, 0),
  };
}

/** Whether there is anything to say of why the node is as it is. */
function isWrong({ state, why, failed }: ReportedNode): boolean {
  return (state !== "succeeded" && state !== "nothing-to-do") || why !== undefined || failed !== undefined;
}

function reasonsOf({ state, why, failed, moreFailed }: ReportedNode): string {
  return JSON.stringify([state, why, failed, moreFailed]);
}

function causeFrom(nodes: readonly ReportedNode[], id: string): Cause {
  const [first] = nodes;
  return {
    id,
    state: first?.state ?? "failed",
    why: first?.why,
    failed: first?.failed ?? [],
    moreFailed: first?.moreFailed ?? 0,
    names: nodes.map(({ name }) => name),
  };
}

/** The causes as a list; nothing where there is none. */
export function causesPart(causes: readonly Cause[], without: number): Html {
  if (causes.length === 0) return html``;
  const rest =
    without === 0
      ? html``
      : html`<p class=muted>${countOf(without, "further node")} with reasons of their own: <code>--output=json</code> has them all.</p>`;
  return html`<h3>Why</h3><ul class=causes>${causes.map(causeItem)}</ul>${rest}\n`;
}

function causeItem({ id, state, why, failed, moreFailed, names }: Cause): Html {
  const reasons = [
    ...(why === undefined ? [] : [html`<li>${why}`]),
    ...failed.map(failedItem),
    ...(moreFailed === 0 ? [] : [html`<li>and ${countOf(moreFailed, "image")} more`]),
  ];
  const list = reasons.length === 0 ? html`` : html`<ul class=why>${reasons}</ul>`;
  return html`
<li class=cause id=${id}><h4>${markOf(state)} ${wordsOf(state)} <span class=n>${names.length}</span></h4>${list}${namesPart(names)}`;
}

function failedItem({ image, reason, required }: FailedImage): Html {
  const optional = required === false ? html` <span class=muted>(optional)</span>` : html``;
  return html`<li><code>${image}</code> <em>${reason}</em>${optional}`;
}

// Two lines; the others fold out.
const mostNames = 12;

/** Names of nodes, of which those after the first few fold out. */
export function namesPart(names: readonly string[]): Html {
  const shown = names.slice(0, mostNames).map(nameText);
  const more = names.slice(mostNames).map(nameText);
  const fold =
    more.length === 0
      ? html``
      : html`<details><summary>and ${more.length} more</summary>${joined(more, ", ")}</details>`;
  return html`<div class=names>${joined(shown, ", ")}${fold}</div>`;
}

// A name that is written from the right would turn its neighbours round.
function nameText(name: string): Html {
  return html`<bdi>${name}</bdi>`;
}
