import { countOf } from "../../count-of.ts";
import { shellWord } from "../../shell-word.ts";
import type { StatusAsked } from "../status-asked.ts";
import type { ReleaseStatus } from "../status-report.ts";
import { causesOf, causesPart } from "./status-page-causes.ts";
import { type Html, html, joined } from "./status-page-html.ts";
import { nodesPart } from "./status-page-nodes.ts";
import { progressPart } from "./status-page-progress.ts";

/** One release's section; its ids begin with `prefix`. */
export function releasePart(release: ReleaseStatus, prefix: string, asked: StatusAsked): Html {
  const { namespace, release: name, problems, notes, nodes } = release;
  const { causes, without } = causesOf(nodes, prefix);
  const skip =
    nodes.length === 0
      ? html``
      : html`<a class=skip href="#${prefix}e">Skip ${countOf(nodes.length, "node")}</a>`;
  const badge =
    problems.length === 0
      ? html`<span class="badge good">✓ nothing wrong</span>`
      : html`<span class="badge bad">✕ ${countOf(problems.length, "problem")}</span>`;
  return html`
<section class=release aria-labelledby=${prefix}>
<header><h2 id=${prefix}><bdi>${namespace}/${name}</bdi></h2>${badge}</header>
${progressPart(release)}${factsPart(release)}${sentencesPart("problems", problems)}
${skip}<div class=nodes>${nodesPart(release, causes, prefix)}</div>
<div id=${prefix}e tabindex=-1>${causesPart(causes, without)}${sentencesPart("notes", notes)}</div>
<p class="muted again">Look again: <code>${joined(commandOf(release, asked), " ")}</code></p>
</section>`;
}

function factsPart(release: ReleaseStatus): Html {
  const { key, revision, daemonSet, mode } = release;
  return html`<dl class=facts>
<div><dt>Label<dd><code>${key}</code></div>
<div><dt>Revision<dd><code>${revision}</code></div>
<div><dt>DaemonSet<dd><code>${daemonSet}</code></div>
<div><dt>Mode<dd><code>${mode}</code></div>
</dl>\n`;
}

/** The words of the command that shows this release as it is by then. */
function commandOf(
  { namespace, release, instance, minPercent }: ReleaseStatus,
  { program, context, kubeconfig, revision, includesNotReady }: StatusAsked,
): readonly Html[] {
  const flags = [
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    `--namespace=${namespace}`,
    `--release=${release}`,
    `--instance=${instance}`,
    ...(revision === undefined ? [] : [`--revision=${revision}`]),
    ...(minPercent === 100 ? [] : [`--min-percent=${minPercent}`]),
    ...(includesNotReady ? ["--include-not-ready"] : []),
  ];
  // None of them is broken at its hyphens.
  const words = [`${program} status`, ...flags.map(shellWord), "--html=status.html"];
  return words.map((word) => html`<bdi>${word}</bdi>`);
}

/** Sentences as a list under a heading of that level; nothing where there is none. */
export function sentencesPart(
  kind: "problems" | "notes",
  sentences: readonly string[],
  level: 2 | 3 = 3,
): Html {
  if (sentences.length === 0) return html``;
  const heading = kind === "problems" ? "Problems" : "Notes";
  const items = sentences.map((sentence) => html`<li>${withCode(sentence)}`);
  return html`<div class=${kind}><h${level}>${heading}</h${level}><ul>${items}</ul></div>\n`;
}

/** What stands between backquotes as code. */
function withCode(sentence: string): readonly Html[] {
  return sentence
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part.slice(1, -1)}</code>` : html`${part}`));
}
