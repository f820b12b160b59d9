// A process that naps once, for tests to start: `node napping-process.ts SLEEPER DELAY_MS`.
import { systemClock } from "../clock.ts";
import { withNaps } from "../edge/hand-over.ts";
import { createLog } from "../log.ts";

const [sleeper, delayMs] = process.argv.slice(2);
const controller = new AbortController();
process.on("SIGTERM", () => controller.abort(new Error("told to end")));
const log = createLog({ pid: process.pid }, process.stdout);
const handOver = { sleeper, machine: process, streams: process, clock: systemClock, log };
const run = async (carried: string | undefined) => {
  log.info({ carried }, "the command runs");
  if (carried !== undefined) return { exitCode: 0, message: "done" } as const;
  return { kind: "nap", delayMs: Number(delayMs), state: 'of the "first"' } as const;
};
process.exitCode = (await withNaps(handOver, run, controller.signal)).exitCode;
