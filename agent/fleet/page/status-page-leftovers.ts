import type { Leftover, LeftoverKind } from "../status-report.ts";
import { namesPart } from "./status-page-causes.ts";
import { type Html, html } from "./status-page-html.ts";

const meanings: Readonly<Record<LeftoverKind, string>> = {
  "not-chosen": "its release has no pod there any more",
  "former-instance": "its release has no such instance any more",
  "no-release": "there is no such release",
  unowned: "no annotation says whose it is, and no release of that instance has a pod there",
};

// As with the causes: nobody reads more, and anybody may write labels.
const mostKinds = 200;

/** Labels and annotations that nobody keeps true, of one kind together; nothing where there is none. */
export function leftoversPart(leftovers: readonly Leftover[]): Html {
  if (leftovers.length === 0) return html``;
  const groups = Map.groupBy(leftovers, ({ key, label, owner, kind }) =>
    JSON.stringify([key, label, owner, kind]),
  );
  const all = [...groups.values()];
  const rest =
    all.length > mostKinds ? html`<p class=muted>and ${all.length - mostKinds} more kinds` : html``;
  return html`
<section id=leftovers><h2>Leftovers <span class=n>${leftovers.length}</span></h2>
<p class=muted>Labels and annotations that no agent keeps true; the notes name what removes them.</p>
<ul class=causes>${all.slice(0, mostKinds).map(leftoverItem)}</ul>${rest}</section>`;
}

function leftoverItem(same: readonly Leftover[]): Html {
  const [first] = same;
  if (first === undefined) return html``;
  const { key, label, owner, kind } = first;
  const mark = label === undefined ? html`the annotation alone` : html`<em>${label}</em>`;
  const whose = owner === undefined ? html`` : html` of <code>${owner}</code>`;
  return html`
<li class=cause><h3>${kind.replaceAll("-", " ")} <span class=n>${same.length}</span></h3>
<ul class=why><li><code>${key}</code> ${mark}${whose}<li>${meanings[kind]}</ul>${namesPart(same.map(({ node }) => node))}`;
}
