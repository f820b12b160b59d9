import { countOf } from "../../count-of.ts";
import type { NodeState } from "../fleet-judgement.ts";
import { nodeStates } from "../fleet-report.ts";
import type { ReleaseStatus } from "../status-report.ts";
import { countedIn } from "../text/fleet-table.ts";
import { type Html, html } from "./status-page-html.ts";

/** How far the release is: a figure, and a bar whose parts are the states of the nodes that count. */
export function progressPart(release: ReleaseStatus): Html {
  const { counts, percent, minPercent } = release;
  const counted = countedIn(release);
  const said = html`${counts.succeeded} of ${countOf(counted, "node")} ${counted === 1 ? "says" : "say"} <code>succeeded</code>; ${minPercent} % have to`;
  return html`<div class=progress><p class=percent>${percent} %<p>${said}${barOf(release, counted)}</div>\n`;
}

// The bar's inner width; it is stretched to whatever there is.
const width = 1_000;

function barOf({ nodes, percent, minPercent }: ReleaseStatus, counted: number): Html {
  if (counted === 0) return html``;
  const countOfState = (state: NodeState) =>
    nodes.filter((node) => node.isCounted && node.state === state).length;
  const states = nodeStates.toReversed().map((state) => ({ state, count: countOfState(state) }));
  let x = 0;
  const parts = states
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => {
      const start = x;
      x += (count / counted) * width;
      return html`<rect class=${state} x=${start.toFixed(1)} width=${(x - start).toFixed(1)} height=10 />`;
    });
  const goal = (minPercent / 100) * width;
  const line = minPercent < 100 ? html`<path d="M${goal} 0v10"/>` : html``;
  return html`<svg viewBox="0 0 ${width} 10" preserveAspectRatio=none role=img aria-label="${percent} % have succeeded">${parts}${line}</svg>`;
}
