import cliui from "cliui";
import { columnsOf } from "./text-width.ts";
import { visible } from "./visible.ts";

/** The cells of one line, from left to right. */
export type Row = readonly string[];

/** The sentences as rows with the same first cell. */
export function labelled(label: string, sentences: readonly string[]): readonly Row[] {
  return sentences.map((sentence) => [label, sentence]);
}

const gap = 2;

/**
 * The rows in columns, each as wide as its widest cell; of a terminal of `width` columns the widest give way. Undefined is no terminal, where
 * every row is one line. Empty without rows. A terminal obeys nothing of what the cells say.
 */
export function grid(texts: readonly Row[], width: number | undefined): string {
  const rows = texts.map((row) => row.map(visible));
  const [first] = rows;
  if (first === undefined) return "";
  const wanted = first.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? ""))) + gap);
  const widths = width === undefined ? wanted : fitted(wanted, width);
  const page = cliui({ width: width ?? Number.MAX_SAFE_INTEGER, wrap: width !== undefined });
  for (const row of rows) {
    page.div(
      ...row.map((text, column) => ({
        text,
        width: widths[column] ?? gap,
        padding: [0, gap, 0, 0] as const,
      })),
    );
  }
  return page.toString();
}

// Below this a column is not readable; the terminal wraps the rest.
const leastWidth = 16;

/** The widest columns give way, until the row fits. */
function fitted(wanted: readonly number[], width: number): readonly number[] {
  const widths = [...wanted];
  let excess = widths.reduce((total, each) => total + each, 0) - width;
  for (; excess > 0; excess -= 1) {
    const widest = Math.max(...widths);
    if (widest <= leastWidth) break;
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}
