import { changeLinesFrom } from "../fleet/status-changes.ts";
import { statusFrameFrom } from "../fleet/status-frame.ts";
import type { StatusReport } from "../fleet/status-report.ts";
import type { StatusSettings } from "../settings.ts";
import { visible } from "../visible.ts";
import { createScreen } from "./screen.ts";
import type { Streams } from "./streams.ts";

/** What is printed while `status` goes on. */
export interface StatusDisplay extends Disposable {
  show(report: StatusReport): void;
  /** Makes room for the last table, where one comes. */
  clear(): void;
}

/** A picture on a terminal, a line for each change elsewhere, one JSON document a line, or nothing: as the settings say. */
export function createStatusDisplay(
  { watches, waits, output }: Pick<StatusSettings, "watches" | "waits" | "output">,
  { stdout }: Pick<Streams, "stdout">,
): StatusDisplay {
  if (output === "json" && watches) return onLines(createDocuments(), stdout);
  if (output === "json" || !(watches || waits)) return onLines(() => [], stdout);
  if (stdout.isTTY) return onScreen(stdout);
  let before: StatusReport | undefined;
  const changes = (report: StatusReport) => {
    const lines = changeLinesFrom(before, report);
    before = report;
    return lines;
  };
  return onLines(changes, stdout);
}

/** A document for each report that says something else than the one before. */
function createDocuments(): (report: StatusReport) => readonly string[] {
  let before: string | undefined;
  return (report) => {
    const said = JSON.stringify({ ...report, takenAt: "" });
    if (said === before) return [];
    before = said;
    return [visible(JSON.stringify(report))];
  };
}

function onLines(
  linesOf: (report: StatusReport) => readonly string[],
  stdout: NodeJS.WritableStream,
): StatusDisplay {
  return {
    show: (report) => {
      for (const line of linesOf(report)) stdout.write(`${line}\n`);
    },
    clear: () => {},
    [Symbol.dispose]: () => {},
  };
}

function onScreen(terminal: NodeJS.WriteStream): StatusDisplay {
  const screen = createScreen(terminal);
  return {
    show: (report) => screen.draw((size) => statusFrameFrom(report, size, new Date(report.takenAt))),
    clear: screen.clear,
    [Symbol.dispose]: () => screen[Symbol.dispose](),
  };
}
