import { createHash } from "node:crypto";
import { countOf } from "../../count-of.ts";
import { version } from "../../version.ts";
import { nodeStates } from "../fleet-report.ts";
import { askedPlainly, nothingFound, type StatusAsked } from "../status-asked.ts";
import type { StatusReport } from "../status-report.ts";
import { countedIn } from "../text/fleet-table.ts";
import { type Html, html } from "./status-page-html.ts";
import { leftoversPart } from "./status-page-leftovers.ts";
import { releasePart, sentencesPart } from "./status-page-release.ts";
import { script } from "./status-page-script.ts";
import { markOf, stateLooks, wordsOf } from "./status-page-states.ts";
import { style } from "./status-page-style.ts";

/**
 * The report as one page of HTML that asks for nothing else: it can be read without its script, by keyboard, in print, and in light or dark. A browser
 * obeys nothing of what the report says. 5,000 nodes come to about 1 MB.
 */
export function statusPageFrom(report: StatusReport, asked: StatusAsked = askedPlainly): string {
  const { releases, leftovers, notes } = report;
  const page = html`<!doctype html>
<html lang=en>
<meta charset=utf-8>
<meta http-equiv=Content-Security-Policy content="${policy}">
<meta name=viewport content="width=device-width, initial-scale=1">
<meta name=color-scheme content="light dark">
<meta name=referrer content=no-referrer>
<title>${titleOf(report)}</title>
<style>${{ html: style }}</style>
<body>
<a class=skip href=#main>Skip to the releases</a>
<header id=top><h1>Prefetcher status</h1><p>${summaryOf(report)}<p>${asOfPart(report)}</header>
${filterPart(report)}
<main id=main tabindex=-1>${nothingPart(report, asked)}${sentencesPart("notes", notes, 2)}${releases.map((release, index) => releasePart(release, `r${index}`, asked))}${leftoversPart(leftovers)}${legendPart()}</main>
<footer>Made by <code>${asked.program} status --html</code>, version ${version}.</footer>
<div id=panel role=dialog aria-labelledby=panel-name aria-describedby=panel-body hidden><button type=button>Close</button><h2 id=panel-name></h2><div id=panel-body></div></div>
<script>${{ html: script }}</script>
</html>
`;
  return page.html;
}

/** Nothing but the page's own style and script, and not even an image. */
const policy = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function titleOf({ releases }: StatusReport): string {
  const counted = releases.reduce((sum, release) => sum + countedIn(release), 0);
  const succeeded = releases.reduce((sum, { counts }) => sum + counts.succeeded, 0);
  return `${succeeded} of ${countOf(counted, "node")} succeeded · Prefetcher status`;
}

function summaryOf({ releases, leftovers }: StatusReport): string {
  const wrong = releases.filter(({ problems }) => problems.length > 0).length;
  return [
    countOf(releases.length, "release"),
    ...(releases.length === 0 ? [] : [wrong === 0 ? "nothing wrong" : `${wrong} with problems`]),
    ...(leftovers.length === 0 ? [] : [countOf(leftovers.length, "leftover")]),
  ].join(" · ");
}

/** The time that the page is of; where changes are not heard of, when that began, and after it when the page was written. */
function asOfPart({ takenAt, interruptedSince }: StatusReport): Html {
  if (interruptedSince === undefined) return timePart(takenAt);
  return html`<em>${timePart(interruptedSince)}: not all changes are heard of since</em>; written ${timePart(takenAt)}`;
}

function timePart(time: string): Html {
  const text = time.replace(/^(.{10})T(.{8})(?:\.\d+)?Z$/, "$1 $2 UTC");
  return html`<time datetime="${time}">${text}</time>`;
}

function nothingPart(report: StatusReport, asked: StatusAsked): Html {
  const nothing = nothingFound(report, asked);
  return nothing === "" ? html`` : html`<p>${nothing}.`;
}

/** Works by the script alone, which shows it. */
function filterPart({ releases }: StatusReport): Html {
  const nodes = releases.flatMap((release) => release.nodes);
  const boxes = nodeStates
    .map((state) => ({ state, count: nodes.filter((node) => node.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(
      ({ state, count }) =>
        html`<label><input type=checkbox value=${state}>${markOf(state)} ${wordsOf(state)} <span class=n>${count}</span></label>`,
    );
  return html`<form id=filter role=search aria-label="Filter nodes" hidden><label class=name>Nodes <input type=search placeholder="name or reason" autocomplete=off spellcheck=false></label>
<fieldset><legend>Only</legend>${boxes}</fieldset><output></output></form>`;
}

function legendPart(): Html {
  const entries = nodeStates.map(
    (state) =>
      html`<div id=is-${state}><dt>${markOf(state)} ${wordsOf(state)}<dd><p class=why>${stateLooks[state].means}</div>`,
  );
  return html`
<section id=legend><h2>Legend</h2><dl>${entries}</dl>
<p class=muted id=keys hidden>Among the nodes the arrow keys, Home and End move, Enter shows a node's details, and Escape closes them.</p></section>`;
}
