import { countOf } from "../../count-of.ts";
import { visible } from "../../visible.ts";
import { type ReportedNode, tallyOf } from "../fleet-report.ts";
import { askedPlainly, nothingFound, type StatusAsked } from "../status-asked.ts";
import type { ReleaseStatus, StatusReport } from "../status-report.ts";
import { countedIn, mostRows, shareOf, stateText, summaryOf, whyOf, wrongNodesIn } from "./fleet-table.ts";
import { nameOf } from "./status-frame.ts";
import { firstOf, groupsOf, mostAlone } from "./status-groups.ts";

/**
 * What is other in `after` than it was in `before`, a line each with its time; of a first report, or a new release, how it stands as a whole,
 * what is wrong with it, and which nodes have not succeeded. More than 20 nodes that have changed alike have one line. None ends in a line
 * feed, and a terminal obeys nothing of them.
 */
export function changeLinesFrom(
  before: StatusReport | undefined,
  after: StatusReport,
  asked: StatusAsked = askedPlainly,
): readonly string[] {
  const known = new Map(before?.releases.map((release) => [keyOf(release), release]));
  const there = new Set(after.releases.map(keyOf));
  const gone = [...known].filter(([key]) => !there.has(key)).map(([, release]) => release);
  const nothing = before === undefined ? nothingFound(after, asked) : "";
  const lines = [
    ...(nothing === "" ? [] : [nothing]),
    ...sentenceLines("note", before?.notes ?? [], after.notes),
    ...gone.map((release) => `${nameOf(release)}: gone`),
    ...after.releases.flatMap((release) => releaseLines(known.get(keyOf(release)), release)),
  ];
  // To the second, as the annotations have it.
  const time = after.takenAt.replace(/\.\d+Z$/, "Z");
  return lines.map((line) => visible(`${time} ${line}`));
}

function keyOf({ namespace, daemonSet }: ReleaseStatus): string {
  return `${namespace}/${daemonSet}`;
}

function sentenceLines(
  kind: "problem" | "note",
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  const [wasSaid, isSaid] = [saidIn(before), saidIn(after)];
  return [
    ...after.filter((each) => !wasSaid(each)).map((each) => `${kind}: ${each}`),
    ...before.filter((each) => !isSaid(each)).map((each) => `no longer: ${each}`),
  ];
}

function saidIn(sentences: readonly string[]): (sentence: string) => boolean {
  const said = new Set(sentences.map(withoutFigures));
  return (sentence) => said.has(withoutFigures(sentence));
}

// Where thousands of pods come one by one, a sentence that counts them is not said anew each time. What is part of a name is none.
const figure = /(?<=^|\s)\d+(?=\s)/g;

function withoutFigures(sentence: string): string {
  return sentence.replace(figure, "0");
}

function releaseLines(before: ReleaseStatus | undefined, after: ReleaseStatus): readonly string[] {
  const name = nameOf(after);
  const summary = summaryOf(after);
  const sentences = [
    ...sentenceLines("problem", before === undefined ? [] : problemsOf(before), problemsOf(after)),
    ...sentenceLines("note", before === undefined ? [] : notesOf(before), notesOf(after)),
  ].map((line) => `${name}: ${line}`);
  if (before === undefined)
    return [`${name}: ${summary}`, ...sentences, ...firstLines(after).map((line) => `${name} ${line}`)];
  const lines = [...nodeLines(before.nodes, after.nodes).map((line) => `${name} ${line}`), ...sentences];
  return summary === summaryOf(before) ? lines : [...lines, `${name}: ${summary}`];
}

/** But for what the summary says in any case. */
function problemsOf(release: ReleaseStatus): readonly string[] {
  return release.problems.filter((problem) => problem !== tallyIn(release));
}

function notesOf(release: ReleaseStatus): readonly string[] {
  return release.notes.filter((note) => note !== tallyIn(release));
}

function tallyIn(release: ReleaseStatus): string {
  return tallyOf({ ...release, counted: countedIn(release), succeeded: release.counts.succeeded });
}

/** The nodes that count and have not succeeded. */
function firstLines(release: ReleaseStatus): readonly string[] {
  const wrong = wrongNodesIn(release);
  const groups = groupsOf(wrong, (node) => [nodeText(node)]);
  const lines = groups.slice(0, mostRows).flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [`${firstOf(group.map(({ name }) => name))}: ${nodeText(first)}`];
  });
  const others = groups.slice(mostRows).flat().length;
  return others === 0 ? lines : [...lines, `and ${countOf(others, "more node")}`];
}

function nodeLines(before: readonly ReportedNode[], after: readonly ReportedNode[]): readonly string[] {
  const known = new Map(before.map((node) => [node.name, node]));
  const there = new Set(after.map(({ name }) => name));
  const gone = before.filter(({ name }) => !there.has(name));
  const changes = [
    ...gone.map(({ name }) => ({ name, change: "no pod any more" })),
    ...after.map((node) => ({ name: node.name, change: changeOf(known.get(node.name), node) })),
  ].filter(({ change }) => change !== "");
  return [...Map.groupBy(changes, ({ change }) => change)].flatMap(([change, alike]) => {
    const names = alike.map(({ name }) => name);
    return (names.length > mostAlone ? [firstOf(names)] : names).map((each) => `${each}: ${change}`);
  });
}

/** Empty where nothing has changed that is told. */
function changeOf(before: ReportedNode | undefined, after: ReportedNode): string {
  const text = nodeText(after);
  if (before === undefined) return `new, ${text}`;
  if (nodeText(before) === text) return "";
  const isSameState = stateText(before) === stateText(after);
  return isSameState ? text : `${stateText(before)} -> ${text}`;
}

function nodeText(node: ReportedNode): string {
  const share = shareOf(node);
  const why = whyOf(node);
  return `${stateText(node)}${share === "" ? "" : ` (${share})`}${why === "" ? "" : `: ${why}`}`;
}
