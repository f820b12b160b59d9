import { countOf } from "../../count-of.ts";
import { visible } from "../../visible.ts";
import { askedPlainly, nothingFound, type StatusAsked } from "../status-asked.ts";
import type { ReleaseStatus, StatusReport } from "../status-report.ts";
import { countsLine, headOf, noticesPart, summaryOf, textOf } from "./fleet-table.ts";
import { failuresPart, leftoversPart, nodesPart } from "./status-parts.ts";

/**
 * The report as text for a terminal of `width` columns, in which long cells are wrapped; undefined for no terminal, where every row is one
 * line. Release after release, then what is left of others. The last line says how it stands altogether. A terminal obeys nothing of what the
 * report says.
 */
export function statusTableFrom(
  report: StatusReport,
  width: number | undefined,
  now: Date,
  asked: StatusAsked = askedPlainly,
): string {
  const { releases, leftovers, notes } = report;
  return textOf([
    visible(nothingFound(report, asked)),
    ...releases.flatMap((release) => [...releaseParts(release, width, now), summaryOf(release)]),
    leftoversPart(leftovers, width),
    noticesPart({ notes }, width),
    ...(releases.length <= 1 && leftovers.length === 0 ? [] : [lastLine(report)]),
  ]);
}

function releaseParts(release: ReleaseStatus, width: number | undefined, now: Date): readonly string[] {
  return [
    visible(`${headOf(release)}, mode ${release.mode}`),
    countsLine(release),
    nodesPart(release.nodes, width, now),
    failuresPart(release.nodes, width),
    noticesPart(release, width),
  ];
}

function lastLine({ releases, leftovers }: StatusReport): string {
  const wrong = releases.filter(({ problems }) => problems.length > 0).length;
  const left =
    leftovers.length === 0
      ? "nothing is"
      : `${countOf(leftovers.length, "mark")} ${leftovers.length === 1 ? "is" : "are"}`;
  const withProblems = wrong === 0 ? "none" : String(wrong);
  return `${countOf(releases.length, "release")}, ${withProblems} with problems; ${left} left of others.`;
}
