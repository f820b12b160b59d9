import { visible } from "../../visible.ts";
import type { ReportedNode } from "../fleet-report.ts";
import { askedPlainly, nothingFound, type StatusAsked } from "../status-asked.ts";
import type { ReleaseStatus, StatusReport } from "../status-report.ts";
import { shareOf, stateText, summaryOf, whyOf } from "./fleet-table.ts";
import { nameOf } from "./status-frame.ts";
import { firstOf, mostAlone } from "./status-groups.ts";

/**
 * What is other in `after` than it was in `before`, a line each with its time; of a first report, or a new release, how it stands as a whole.
 * More than 20 nodes that have changed alike have one line. None ends in a line feed, and a terminal obeys nothing of them.
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
    ...noteLines(before?.notes ?? [], after.notes),
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

function noteLines(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...after.filter((note) => !before.includes(note)).map((note) => `note: ${note}`),
    ...before.filter((note) => !after.includes(note)).map((note) => `no longer: ${note}`),
  ];
}

function releaseLines(before: ReleaseStatus | undefined, after: ReleaseStatus): readonly string[] {
  const name = nameOf(after);
  const summary = `${name}: ${summaryOf(after)}`;
  if (before === undefined) return [summary];
  const lines = nodeLines(before.nodes, after.nodes).map((line) => `${name} ${line}`);
  return summary === `${name}: ${summaryOf(before)}` ? lines : [...lines, summary];
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
