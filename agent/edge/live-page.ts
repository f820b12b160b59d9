import type { Clock } from "../clock.ts";
import { statusPageFrom } from "../fleet/page/status-page.ts";
import type { StatusAsked } from "../fleet/status-asked.ts";
import type { StatusReport } from "../fleet/status-report.ts";
import type { PageFile } from "./page-file.ts";
import { createRepetition } from "./repetition.ts";

/** A page that says how it is now, until it is disposed of. */
export interface LivePage extends Disposable {
  show(report: StatusReport): void;
}

// Who opens it later sees by its time that somebody still looks.
const rewrittenAfterMs = 60_000;

/** The page in that file: each report, and the last one again with a new time once it is a minute old. */
export function createLivePage(file: Pick<PageFile, "offer">, asked: StatusAsked, clock: Clock): LivePage {
  let latest: StatusReport | undefined;
  const offer = (report: StatusReport) => file.offer(() => statusPageFrom(report, asked));
  const rewrite = createRepetition(clock, rewrittenAfterMs, () => {
    if (latest !== undefined) offer({ ...latest, takenAt: clock.date().toISOString() });
  });
  return {
    show: (report) => {
      latest = report;
      offer(report);
      rewrite.startOver();
    },
    [Symbol.dispose]: () => rewrite[Symbol.dispose](),
  };
}
