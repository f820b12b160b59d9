import assert from "node:assert/strict";
import type { CommandEnd } from "./command-end.ts";

/** What is waited with. */
export const waitingColumns = [
  "`helm install --wait`, Helm 3",
  "`helm install --wait`, Helm 4",
  "`kubectl rollout status`",
  "`helm test`",
] as const;
export type WaitingColumn = (typeof waitingColumns)[number];

/** What one way of waiting comes to. */
export interface ExpectedCell {
  readonly exitCode: 0 | 1;
  /** What it says, on whatever line. */
  readonly says?: RegExp;
  /** The label of each chosen node at the moment when it ended; `-` for none. */
  readonly labels: readonly string[];
  /** The cell in the README's table. */
  readonly means: string;
}

/** The table of what waits for what, filled cell by cell; the cells of one row and column have to mean the same. */
export interface WaitingTable {
  /** Asserts that it ended as expected, and notes the cell. */
  note(
    row: string,
    column: WaitingColumn,
    end: CommandEnd,
    labels: readonly (string | undefined)[],
    expected: ExpectedCell,
  ): void;
  /** The table as Markdown, and below it the words of each cell that failed. */
  markdown(): string;
}

/** An empty table with these rows, in this order. */
export function createWaitingTable(rows: readonly string[]): WaitingTable {
  const cells = new Map<string, string>();
  const words: string[] = [];
  return {
    note: (row, column, end, labels, expected) => {
      const what = `${row}, ${column}, after ${end.seconds.toFixed(1)} s`;
      assert.equal(end.exitCode, expected.exitCode, `${what}: ${end.text}`);
      if (expected.says !== undefined) assert.match(end.text, expected.says, what);
      const seen = labels.map((label) => label ?? "-");
      assert.deepEqual(seen, expected.labels, what);
      const place = `${row}|${column}`;
      assert.equal(cells.get(place) ?? expected.means, expected.means, what);
      cells.set(place, expected.means);
      if (end.exitCode !== 0) words.push(`- ${what}: ${lastLines(end.text)}`);
    },
    markdown: () => {
      const lines = rows.map((row) => [
        row,
        ...waitingColumns.map((column) => cells.get(`${row}|${column}`) ?? "?"),
      ]);
      const head = ["", ...waitingColumns];
      const table = [head, head.map(() => "---"), ...lines].map((line) => `| ${line.join(" | ")} |`);
      return [...table, "", ...words].join("\n");
    },
  };
}

function lastLines(text: string): string {
  const lines = text.split("\n").filter((line) => /^(Error|error|context|PROBLEM|\t\*)/.test(line));
  return lines
    .map((line) => line.trim())
    .join(" / ")
    .slice(0, 400);
}
