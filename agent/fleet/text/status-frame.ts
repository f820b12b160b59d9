import { columnsOf, fittedTo, startOf } from "../../text-width.ts";
import { visible } from "../../visible.ts";
import { askedPlainly, nothingFound, type StatusAsked } from "../status-asked.ts";
import type { ReleaseStatus, StatusReport } from "../status-report.ts";
import { ageOf } from "./age.ts";
import { countedIn, countTexts, noticesPart, textOf } from "./fleet-table.ts";
import { failuresPart, leftoversPart, nodesPart } from "./status-parts.ts";

/** The size of a terminal in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The report as one picture for a terminal, which it does not overflow: a bar for each release, its counts, the time that it is of
 * (`now`, or since when changes are not heard of), what keeps them from being heard of, and as much of the tables as there is room for; in less than three rows the first bar alone.
 */
export function statusFrameFrom(
  report: StatusReport,
  { columns, rows }: TerminalSize,
  now: Date,
  asked: StatusAsked = askedPlainly,
): string {
  const { releases, leftovers, notes } = report;
  const bars = releases.flatMap((release) => [barLine(release, columns), countsLine(release)]);
  const nothing = visible(nothingFound(report, asked));
  const head = [...bars, ...(nothing === "" ? [] : [nothing]), timeLine(report, now)].map((line) =>
    fittedTo(line, columns),
  );
  const rest = textOf([
    linesOf(noticesPart({ notes }, undefined), columns),
    ...releases.flatMap(({ nodes, problems, notes }) => [
      within(columns, (width) => nodesPart(nodes, width, now)),
      within(columns, (width) => failuresPart(nodes, width)),
      within(columns, (width) => noticesPart({ problems, notes }, width)),
    ]),
    within(columns, (width) => leftoversPart(leftovers, width)),
  ]);
  return fitted([...head, ...(rest === "\n" ? [] : rest.trimEnd().split("\n"))], rows);
}

/** The lines, each of which is cut where the terminal ends: below them there is more to see than the rest of a long sentence. */
function linesOf(text: string, columns: number): string {
  const lines = text.split("\n");
  return lines.map((line) => fittedTo(line, columns)).join("\n");
}

/** The part with its long cells wrapped; on a terminal too narrow for that each row is one line, and cut: folded ones would push the bars off. */
function within(columns: number, partOf: (width: number | undefined) => string): string {
  const wrapped = partOf(columns);
  const fits = wrapped.split("\n").every((line) => columnsOf(line.trimEnd()) <= columns);
  return fits ? wrapped : linesOf(partOf(undefined), columns);
}

const barWidth = 30;

function barLine(release: ReleaseStatus, columns: number): string {
  const counted = countedIn(release);
  const { succeeded } = release.counts;
  const full = counted === 0 ? 0 : Math.floor((succeeded / counted) * barWidth);
  const bar = `[${"#".repeat(full)}${".".repeat(barWidth - full)}]`;
  const share = `${String(release.percent).padStart(3)} %  ${succeeded} of ${counted}`;
  // The figures are what one looks for; a long name gives way.
  const room = Math.max(8, columns - bar.length - share.length - 4);
  return `${bar}  ${share}  ${startOf(visible(nameOf(release)), room)}`;
}

function countsLine(release: ReleaseStatus): string {
  return `  ${countTexts(release).join(", ") || "no node has a pod"}`;
}

/** In UTC, as all times are that are shown; that it goes on says that the picture is of now, and where it stands still that is said. */
function timeLine({ interruptedSince }: StatusReport, now: Date): string {
  const asOf = `  as of ${(interruptedSince ?? now.toISOString()).slice(11, 19)} UTC`;
  if (interruptedSince === undefined) return asOf;
  return `${asOf}, ${ageOf(interruptedSince, now)} ago: not all changes are heard of since`;
}

/** The release's name, and the instance's where that is another. */
export function nameOf({ namespace, release, instance }: ReleaseStatus): string {
  return `${namespace}/${release}${instance === release ? "" : ` (${instance})`}`;
}

/** As many lines as the terminal has room for, the last of which says how many more there are; the cursor needs one of its own. */
function fitted(lines: readonly string[], rows: number): string {
  const room = rows - 1;
  if (lines.length <= room) return lines.join("\n");
  const shown = room - 1;
  if (shown < 1) return lines[0] ?? "";
  return [...lines.slice(0, shown), `... and ${lines.length - shown} more rows`].join("\n");
}
