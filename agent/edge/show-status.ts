import { type StatusDependencies, type StatusResult, status } from "../commands/status.ts";
import { exitCode } from "../exit-code.ts";
import type { StatusAsked } from "../fleet/status-asked.ts";
import type { StatusReport } from "../fleet/status-report.ts";
import { scopeFrom } from "../fleet/status-target.ts";
import { statusTableFrom } from "../fleet/text/status-table.ts";
import type { StatusSettings } from "../settings.ts";
import { visible } from "../visible.ts";
import { createLivePage } from "./live-page.ts";
import { createPageFile } from "./page-file.ts";
import { printReport } from "./print-report.ts";
import { createStatusDisplay, type StatusDisplay } from "./status-display.ts";
import { endWithError, goneSignal, type Streams } from "./streams.ts";

/** What `status` needs but somebody who is shown what it finds. */
export type Fleet = Omit<StatusDependencies, "show">;

/** Shows what `status` finds, on stdout and as the page; resolves to the exit code, and rejects only when `signal` aborts. */
export async function showStatus(
  settings: StatusSettings,
  streams: Streams,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<number> {
  const { namespace } = scopeFrom(settings, fleet.namespace);
  const { context, kubeconfig, revision, includesNotReady, html, watches } = settings;
  const asked = { program: fleet.program, namespace, context, kubeconfig, revision, includesNotReady };
  using display = createStatusDisplay(settings, streams, { asked, clock: fleet.clock });
  const work = { settings, streams, fleet, asked, display };
  // Who waits wants the exit code, whether or not anybody reads.
  const until = watches ? AbortSignal.any([signal, goneSignal(streams)]) : signal;
  // Awaited here, or the display would be disposed of at once.
  return await (html === undefined ? look(work, () => {}, until) : lookWithPage(work, html, until));
}

interface Work {
  readonly settings: StatusSettings;
  readonly streams: Streams;
  readonly fleet: Fleet;
  readonly asked: StatusAsked;
  readonly display: StatusDisplay;
}

/** The exit code, once the page is written; a page that cannot be written at all is told to the user, and ends it. */
async function lookWithPage(work: Work, path: string, signal: AbortSignal): Promise<number> {
  const { streams, fleet, asked, display } = work;
  const tell = (problem: string) =>
    display.aside(() => streams.stderr.write(`warning: ${visible(problem)}; what is there is older\n`));
  const file = createPageFile(path, fleet.clock, tell);
  using page = createLivePage(file, asked, fleet.clock);
  const ended = look(work, page.show, AbortSignal.any([signal, file.failed]));
  const [outcome] = await Promise.allSettled([ended]);
  const problem = file.finish();
  if (problem !== undefined) return endWithError(streams, exitCode.usage, visible(problem));
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

async function look(
  { settings, streams, fleet, asked, display }: Work,
  offer: (report: StatusReport) => void,
  signal: AbortSignal,
): Promise<number> {
  const show = (report: StatusReport) => {
    display.show(report);
    offer(report);
  };
  const result = await status(settings, { ...fleet, show }, signal);
  if (settings.watches && result.kind === "report") return result.exitCode;
  display.clear();
  return printed(result, { settings, streams, asked });
}

function printed(
  result: StatusResult,
  { settings, streams, asked }: Pick<Work, "settings" | "streams" | "asked">,
): number {
  const tableOf = (report: StatusReport, width: number | undefined) =>
    statusTableFrom(report, width, new Date(report.takenAt), asked);
  const code = printReport(result, settings.output, tableOf, streams);
  if (result.kind === "stopped" || code === exitCode.done) return code;
  return endWithError(streams, code, `not all was there within ${settings.timeoutMs / 1000} s`);
}
