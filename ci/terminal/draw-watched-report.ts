// Run in a terminal, it draws there what `prefetcher status --watch` would, until Ctrl-C.
import { systemClock } from "../../agent/clock.ts";
import { createStatusDisplay } from "../../agent/edge/status-display.ts";
import { askedPlainly } from "../../agent/fleet/status-asked.ts";
import { madeUpNode, madeUpRelease, madeUpReport } from "../../agent/testing/made-up-report.ts";

const settings = { watches: true, waits: false, output: "table" } as const;
const display = createStatusDisplay(settings, process, { asked: askedPlainly, clock: systemClock });
const nodes = ["node-1", "node-2", "node-3"].map((name) => madeUpNode(name));
display.show(madeUpReport([madeUpRelease({ nodes })]));
const timer = setInterval(() => {}, 60_000);
process.on("SIGINT", () => {
  clearInterval(timer);
  display[Symbol.dispose]();
});
