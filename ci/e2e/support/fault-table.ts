import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../root.ts";
import { runCommand } from "../../run-command.ts";

/** A row of the fault matrix, or one of several variants of it. */
export interface FaultRow {
  /** Its number in the matrix; 0 for a fault that is none of its rows. */
  readonly row: number;
  /** What was injected: with the row's number it says which variant this is. */
  readonly fault: string;
  readonly expected: string;
}

/** What came of it. */
export interface FaultRecord extends FaultRow {
  readonly seen: string;
  readonly seconds: number;
}

/** Where the faults of a run are recorded: what `PREFETCHER_FAULT_TABLE` says, or a folder that git ignores. */
export function faultFolder(): string {
  return process.env.PREFETCHER_FAULT_TABLE || join(root, "reports", "faults");
}

/** Records one fault. Stories do so side by side, each in a process of its own. */
export function recordFault(record: FaultRecord, folder = faultFolder()): void {
  mkdirSync(folder, { recursive: true });
  // One write at the end of the file, which no other can come into.
  appendFileSync(recordsIn(folder), `${JSON.stringify(record)}\n`);
}

/**
 * Does what the row is about and records what it returns as seen, or else the failure, which it throws again; with the
 * seconds that it took.
 */
export async function proveFault(
  row: FaultRow,
  proof: () => Promise<string>,
  folder = faultFolder(),
): Promise<void> {
  const startMs = performance.now();
  const record = (seen: string) =>
    recordFault({ ...row, seen, seconds: (performance.now() - startMs) / 1000 }, folder);
  try {
    record(await proof());
  } catch (error) {
    record(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
}

/** What was recorded in the folder, in the order of the rows; of one fault that was recorded again, the last. */
export function readFaults(folder = faultFolder()): readonly FaultRecord[] {
  const file = recordsIn(folder);
  const lines = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  const records = lines.map((line) => JSON.parse(line) as FaultRecord);
  const latest = new Map(records.map((record) => [`${record.row} ${record.fault}`, record]));
  return [...latest.values()].sort((a, b) => a.row - b.row || a.fault.localeCompare(b.fault, "en"));
}

/** Forgets what was recorded in the folder, before a run. */
export function clearFaults(folder = faultFolder()): void {
  rmSync(recordsIn(folder), { force: true });
}

/** The records as a Markdown table, under a line that says of which commit and day they are. */
export function faultTable(records: readonly FaultRecord[], of: { commit: string; day: string }): string {
  const cells = records.map(({ row, fault, expected, seen, seconds }) =>
    [row === 0 ? "-" : String(row), fault, expected, seen, seconds.toFixed(1)].map(cellFrom),
  );
  const head = ["row", "fault", "expected", "seen", "s"];
  const lines = [head, head.map(() => "---"), ...cells].map((line) => `| ${line.join(" | ")} |`);
  return [`Faults injected into real parts, commit ${of.commit}, ${of.day}`, "", ...lines].join("\n");
}

/** The table of what the run has recorded, or undefined where that is nothing. */
export async function faultTableOfRun(folder = faultFolder()): Promise<string | undefined> {
  const records = readFaults(folder);
  if (records.length === 0) return undefined;
  return faultTable(records, { commit: await commit(), day: new Date().toISOString().slice(0, 10) });
}

const recordsIn = (folder: string) => join(folder, "faults.jsonl");

// A failure's message can be a whole log.
const longestCell = 300;

function cellFrom(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  const cut = line.length > longestCell ? `${line.slice(0, longestCell)}…` : line;
  return cut.replaceAll("|", "\\|");
}

async function commit(): Promise<string> {
  try {
    const { stdout } = await runCommand("git", ["describe", "--always", "--dirty"], { cwd: root });
    return stdout.trim();
  } catch {
    // An archive of the sources has no commit.
    return "unknown";
  }
}
