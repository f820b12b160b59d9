import { systemClock } from "../clock.ts";
import { type StatusResult, status } from "../commands/status.ts";
import { exitCode } from "../exit-code.ts";
import type { FleetApi } from "../fleet/fleet-api.ts";
import type { FleetScope } from "../fleet/fleet-state.ts";
import { followFleet } from "../fleet/follow-fleet.ts";
import { readFleet } from "../fleet/read-fleet.ts";
import { statusPageFrom } from "../fleet/status-page.ts";
import type { StatusReport } from "../fleet/status-report.ts";
import { statusTableFrom } from "../fleet/status-table.ts";
import { createFleetApi } from "../kube/create-fleet-api.ts";
import type { StatusSettings } from "../settings.ts";
import { visible } from "../visible.ts";
import { createPageFile, type PageFile } from "./page-file.ts";
import { printReport } from "./print-report.ts";
import { createStatusDisplay } from "./status-display.ts";
import { endWithError, type Streams } from "./streams.ts";
import { withKubeApi } from "./with-kube-api.ts";

/** `prefetcher status` with this machine's kubeconfig; resolves to the exit code. */
export function runStatus(settings: StatusSettings, streams: Streams, signal: AbortSignal): Promise<number> {
  const { context, html } = settings;
  const create = () => createFleetApi({ clock: systemClock, random: Math.random, context });
  return withKubeApi({ create, streams, signal }, async (api) => {
    if (html === undefined) return display({ settings, streams, api, offer: () => {} }, signal);
    const page = createPageFile(html, systemClock);
    const offer = (report: StatusReport) => page.offer(() => statusPageFrom(report));
    const ended = display({ settings, streams, api, offer }, AbortSignal.any([signal, page.failed]));
    return withPage(page, ended, streams);
  });
}

interface Display {
  readonly settings: StatusSettings;
  readonly streams: Streams;
  readonly api: FleetApi;
  /** Takes each report for the page. */
  readonly offer: (report: StatusReport) => void;
}

async function display({ settings, streams, api, offer }: Display, signal: AbortSignal): Promise<number> {
  using onTheWay = createStatusDisplay(settings, streams);
  const show = (report: StatusReport) => {
    onTheWay.show(report);
    offer(report);
  };
  const fleet = {
    namespace: api.namespace,
    readFleet: (scope: FleetScope, stop: AbortSignal) => readFleet(api, scope, stop),
    followFleet: (scope: FleetScope, stop: AbortSignal) => followFleet(api, scope, systemClock, stop),
  };
  const result = await status(settings, { ...fleet, clock: systemClock, show }, signal);
  if (settings.watches && result.kind === "report") return result.exitCode;
  onTheWay.clear();
  return printed(result, settings, streams);
}

function printed(result: StatusResult, { output, timeoutMs }: StatusSettings, streams: Streams): number {
  const tableOf = (report: StatusReport, width: number | undefined) =>
    statusTableFrom(report, width, new Date(report.takenAt));
  const code = printReport(result, output, tableOf, streams);
  if (result.kind === "stopped" || code === exitCode.done) return code;
  return endWithError(streams, code, `not all was there within ${timeoutMs / 1000} s`);
}

/** The exit code that `ended` comes to, once the page is written; a page that cannot be is told to the user. */
async function withPage(page: PageFile, ended: Promise<number>, streams: Streams): Promise<number> {
  const [outcome] = await Promise.allSettled([ended]);
  const problem = await page.finish();
  if (problem !== undefined) return endWithError(streams, exitCode.usage, visible(problem));
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}
