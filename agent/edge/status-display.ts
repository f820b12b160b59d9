import { type Clock, systemClock } from "../clock.ts";
import { askedPlainly, type StatusAsked } from "../fleet/status-asked.ts";
import type { StatusReport } from "../fleet/status-report.ts";
import { changeLinesFrom } from "../fleet/text/status-changes.ts";
import { statusFrameFrom } from "../fleet/text/status-frame.ts";
import type { StatusSettings } from "../settings.ts";
import { visible } from "../visible.ts";
import { type Job, reactToShell } from "./job-control.ts";
import { createRepetition } from "./repetition.ts";
import { createScreen } from "./screen.ts";
import type { Streams } from "./streams.ts";

/** What is printed while `status` goes on. */
export interface StatusDisplay extends Disposable {
  show(report: StatusReport): void;
  /** Makes room for the last table, where one comes. */
  clear(): void;
  /** Has `write` write something else, above what is shown. */
  aside(write: () => void): void;
}

/** What a display needs beside the reports. */
export interface DisplayContext {
  readonly asked: StatusAsked;
  readonly clock: Clock;
}

/**
 * A picture on a terminal, a line for each change elsewhere, one JSON document a line, or nothing: as the settings say. While `stdout` takes no more
 * reports are passed over, and once it does again the newest one is shown.
 */
export function createStatusDisplay(
  { watches, waits, output }: Pick<StatusSettings, "watches" | "waits" | "output">,
  streams: Pick<Streams, "stdout" | "env" | keyof Job>,
  context: DisplayContext = { asked: askedPlainly, clock: systemClock },
): StatusDisplay {
  const { stdout, env } = streams;
  if (output === "json" && watches) return paced(onLines(createDocuments(), stdout), stdout);
  if (output === "json" || !(watches || waits)) return onLines(() => [], stdout);
  const isTerminal = stdout.isTTY && env?.TERM !== "dumb";
  const display = isTerminal ? onScreen(streams, context) : onLines(createChanges(context.asked), stdout);
  return paced(display, stdout);
}

/** A reader that pauses must not make the process grow: what it has not read yet would be kept for it. */
function paced(display: StatusDisplay, stdout: NodeJS.WriteStream): StatusDisplay {
  let waiting: StatusReport | undefined;
  const showNewest = () => {
    const report = waiting;
    waiting = undefined;
    if (report !== undefined) display.show(report);
  };
  stdout.on("drain", showNewest);
  return {
    ...display,
    show: (report) => {
      waiting = report;
      if (!stdout.writableNeedDrain) showNewest();
    },
    clear: () => {
      waiting = undefined;
      display.clear();
    },
    [Symbol.dispose]: () => {
      stdout.off("drain", showNewest);
      display[Symbol.dispose]();
    },
  };
}

/** The lines that say what is other than in the report before. */
function createChanges(asked: StatusAsked): (report: StatusReport) => readonly string[] {
  let before: StatusReport | undefined;
  return (report) => {
    const lines = changeLinesFrom(before, report, asked);
    before = report;
    return lines;
  };
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
    aside: (write) => write(),
    [Symbol.dispose]: () => {},
  };
}

// Ages move, and one sees that it has not stopped.
const redrawnAfterMs = 10_000;

function onScreen(
  streams: Pick<Streams, "stdout" | keyof Job>,
  { asked, clock }: DisplayContext,
): StatusDisplay {
  const { stdout: terminal } = streams;
  const screen = createScreen(terminal);
  const reaction = reactToShell(streams, { stops: screen.leave, goesOn: screen.comeBack });
  let latest: StatusReport | undefined;
  const draw = (report: StatusReport, now: Date) =>
    screen.draw((size) => statusFrameFrom(report, size, now, asked));
  const redraw = createRepetition(clock, redrawnAfterMs, () => {
    if (latest !== undefined && !terminal.writableNeedDrain) draw(latest, clock.date());
  });
  return {
    show: (report) => {
      latest = report;
      draw(report, new Date(report.takenAt));
      redraw.startOver();
    },
    clear: () => {
      redraw[Symbol.dispose]();
      screen.clear();
    },
    aside: screen.above,
    [Symbol.dispose]: () => {
      reaction[Symbol.dispose]();
      redraw[Symbol.dispose]();
      screen[Symbol.dispose]();
    },
  };
}
