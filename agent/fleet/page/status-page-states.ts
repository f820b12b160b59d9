import type { NodeState } from "../fleet-judgement.ts";
import { type Html, html } from "./status-page-html.ts";

interface StateLook {
  /** What stands in a node's cell. */
  readonly mark: string;
  readonly means: string;
}

/** How a state looks without its colour, and what it means. */
export const stateLooks: Readonly<Record<NodeState, StateLook>> = {
  failed: { mark: "✕", means: "A round has ended, and a required image is not on the node." },
  foreign: { mark: "F", means: "The annotation names another owner, whose label this one leaves alone." },
  unowned: { mark: "U", means: "There is a label, and no annotation stands behind it." },
  outdated: { mark: "O", means: "The label is about another revision of the list." },
  working: { mark: "W", means: "There is no label: it is not known, or being worked on." },
  missing: { mark: "M", means: "There is no such Node any more, only a pod that is said to be on it." },
  "nothing-to-do": { mark: "–", means: "No required image is meant for the node, so no label will come." },
  succeeded: { mark: "✓", means: "Every required image is on the node." },
};

/** A state's name as people read it. */
export function wordsOf(state: NodeState): string {
  return state.replaceAll("-", " ");
}

/** A small cell that stands for the state in headings and in the legend; its name stands beside it. */
export function markOf(state: NodeState): Html {
  return html`<b class="mark ${state}" aria-hidden=true>${stateLooks[state].mark}</b>`;
}
