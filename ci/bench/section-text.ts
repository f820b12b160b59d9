import { grid } from "../../agent/grid.ts";
import type { Bar, Section, SectionTable } from "./section.ts";

/** A section as it is printed: its tables, its bars, its notes; `width` is the terminal's, undefined for none. */
export function sectionText(section: Section, width: number | undefined): string {
  const parts = [
    `== ${section.name} ==`,
    ...section.tables.map((table) => tableText(table, width)),
    ...(section.bars.length === 0 ? [] : [barsText(section.bars, width)]),
    ...(section.notes.length === 0 ? [] : [section.notes.join("\n")]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The bars, each with whether it is reached: in capitals where missing it fails the command. */
export function barsText(bars: readonly Bar[], width: number | undefined): string {
  const rows = bars.map((bar) => [markOf(bar), bar.what, bar.bar, bar.seen]);
  return grid([["", "what", "bar", "seen"], ...rows], width);
}

/** The gates that are missed, which fail the command. */
export function missedGates(sections: readonly Section[]): readonly Bar[] {
  return sections.flatMap(({ bars }) => bars.filter(({ isReached, isGate }) => isGate && !isReached));
}

function tableText({ title, rows }: SectionTable, width: number | undefined): string {
  return `${title}\n${grid(rows, width)}`;
}

function markOf({ isReached, isGate }: Bar): string {
  if (isReached) return "reached";
  return isGate ? "MISSED" : "missed";
}
