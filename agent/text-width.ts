import stringWidth from "string-width";

/** How many columns of a terminal the text takes: a Chinese character and an emoji take two, an accent of its own none. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** As much from the text's start as `columns` columns have room for. */
export function startOf(text: string, columns: number): string {
  return linesIn(text, columns)[0] ?? "";
}

/** The text if it fits into `columns` columns, else as much of it as does with a sign that it goes on. */
export function fittedTo(text: string, columns: number): string {
  return columnsOf(text) <= columns ? text : `${startOf(text, columns - 1)}…`;
}

/** How many rows of a terminal a line takes that it folds; one if it is empty. */
export function rowsOf(line: string, columns: number): number {
  return Math.max(1, linesIn(line, columns).length);
}

/** As a terminal folds it: what takes two columns stands in one row. */
function linesIn(text: string, columns: number): readonly string[] {
  // Printable ASCII, a column each, is what nearly all of it is.
  if (/^[ -~]*$/.test(text)) return slices(text, Math.max(1, columns));
  const lines: string[] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const width = columnsOf(segment);
    const isFull = used + width > columns;
    used = isFull ? width : used + width;
    lines.push(isFull ? segment : `${lines.pop() ?? ""}${segment}`);
  }
  return lines;
}

function slices(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
}
