// The edge: arguments, signals and the exit code. What each command needs of the machine is wired in edge/. No logic.
import "./memory.ts";
import { type Command, parseArguments } from "./cli.ts";
import { revision } from "./commands/revision.ts";
import { withLines } from "./edge/list-lines.ts";
import { runKeep } from "./edge/run-keep.ts";
import { runPrefetch } from "./edge/run-prefetch.ts";
import { endWithError, handedOn } from "./edge/streams.ts";
import { exitCode } from "./exit-code.ts";
import { requestTimeoutMs } from "./kube/send.ts";
import { programName } from "./program-name.ts";
import { redact } from "./redact.ts";
import type { RevisionSettings } from "./settings.ts";
import { version } from "./version.ts";

// A call that does not end when it is cancelled must not keep the process: the contract gives it 2 s.
const terminationLimitMs = 1_500;

// The doctor has a pod to delete, and perhaps the answer to its creation to wait for; then it says what it left behind.
const doctorTerminationLimitMs = 2 * requestTimeoutMs + 5_000;

// Nor must a node's log that nobody reads: a stream that is blocked keeps Node.js alive. Whoever ran a command by hand may take their time.
const lastLinesLimitMs = 1_000;

// A reader that went away must not end the pulls, as an error without a listener would.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const parsed = parseArguments(process.argv.slice(2), version, programName(process.argv[1]));
process.exitCode = await main(parsed, terminationSignal(parsed)).catch(endWithFault);
if (await isByHand(parsed)) await handedOn(process);
exitAfter(lastLinesLimitMs, process.exitCode);

async function main(parsed: Promise<Command>, signal: AbortSignal): Promise<number> {
  const command = await parsed;
  switch (command.kind) {
    case "information":
      process.stdout.write(`${command.text}\n`);
      return exitCode.done;
    case "usage-error":
      return endWithError(process, exitCode.usage, command.message);
    case "revision":
      return runRevision(command.settings);
    case "prefetch":
      return runPrefetch(command.settings, process, process, signal);
    case "keep":
      return runKeep(command.settings, process, process, signal);
    case "inspect":
      return (await byHand()).runInspect(command.settings, process, process, signal);
    case "doctor":
      return (await byHand()).runDoctor(command.settings, process, signal);
    case "status":
      return (await byHand()).runStatus(command.settings, process, signal);
    case "verify":
      return (await byHand()).runVerify(command.settings, process, signal);
    case "cleanup":
      return (await byHand()).runCleanup(command.settings, process, signal);
  }
}

async function runRevision({ list, pullPolicy }: RevisionSettings): Promise<number> {
  const result = await withLines(list, async (lines) => revision(lines, pullPolicy));
  if (result.exitCode !== exitCode.done) return endWithError(process, result.exitCode, result.message);
  process.stdout.write(`${result.message}\n`);
  return exitCode.done;
}

/**
 * Aborts on SIGTERM or SIGINT; the process then ends within its command's limit. The handlers are needed, and from the start on: as PID 1
 * a process without one is deaf to SIGTERM.
 */
function terminationSignal(parsed: Promise<Command>): AbortSignal {
  const controller = new AbortController();
  const limitMs = parsed.then(limitMsOf, () => terminationLimitMs);
  const terminate = async () => {
    controller.abort(new Error("the process was told to end"));
    exitAfter(await limitMs, exitCode.terminated);
  };
  // Each time: npm and the like pass a terminal's Ctrl-C on, and a second one must not end what cleans up.
  process.on("SIGTERM", terminate);
  process.on("SIGINT", terminate);
  return controller.signal;
}

function limitMsOf({ kind }: Command): number {
  return kind === "doctor" ? doctorTerminationLimitMs : terminationLimitMs;
}

/** Whether somebody waits for what it prints. */
function isByHand(parsed: Promise<Command>): Promise<boolean> {
  return parsed.then(
    ({ kind }) => kind !== "prefetch" && kind !== "keep",
    () => true,
  );
}

/** Ends the process with `code` if it has not ended by itself until then. */
function exitAfter(limitMs: number, code: number): void {
  setTimeout(() => process.exit(code), limitMs).unref();
}

/** What no node's agent needs, loaded where it is asked for: it would be a quarter of what a start has to read. */
function byHand() {
  return import("./edge/by-hand.ts");
}

/** A fault that nothing above expected. Its text may hold anything, a secret among it. */
function endWithFault(error: unknown): number {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return endWithError(process, exitCode.internal, `a fault of the agent itself: ${redact(text)}`);
}
