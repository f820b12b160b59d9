// Run in a terminal, it leaves there what `prefetcher status --watch` would, as if somebody had typed that.
import { createStatusDisplay } from "../../agent/edge/status-display.ts";
import { watchedReport } from "./watched-report.ts";

process.stdout.write("$ kubectl prefetcher status --release shop-images --watch\n");
using display = createStatusDisplay({ watches: true, waits: false, output: "table" }, process);
display.show(watchedReport);
