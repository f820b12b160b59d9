// The edge: arguments, files, signals, the exit code, and the wiring of everything else. No logic.
import "./memory.ts";
import { constants } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { type Command, parseArguments } from "./cli.ts";
import { systemClock } from "./clock.ts";
import { doctor } from "./commands/doctor.ts";
import { inspect } from "./commands/inspect.ts";
import { type CommandResult, prefetch } from "./commands/prefetch.ts";
import { revision } from "./commands/revision.ts";
import { createKeyring } from "./credentials/create-keyring.ts";
import { createImageService } from "./cri/create-image-service.ts";
import { diskSpaceAt } from "./disk-space.ts";
import { tableFrom } from "./doctor-table.ts";
import { exitCode } from "./exit-code.ts";
import { linesFromText } from "./image-list.ts";
import { createDoctorApi } from "./kube/create-doctor-api.ts";
import { createNodeApi, type NodeApiOptions } from "./kube/create-node-api.ts";
import { requestTimeoutMs } from "./kube/send.ts";
import { createLog } from "./log.ts";
import type { NodeApi } from "./node-api.ts";
import { keyOf } from "./node-record.ts";
import { platformFrom } from "./platform.ts";
import { redact } from "./redact.ts";
import type { DoctorSettings, ListSource, PrefetchSettings } from "./settings.ts";
import { socketsIn } from "./sockets-in.ts";
import { terminationMessageFrom } from "./termination-message.ts";
import { version } from "./version.ts";
import { visible, visibleJson } from "./visible.ts";

// A call that does not end when it is cancelled must not keep the process: the contract gives it 2 s.
const terminationLimitMs = 1_500;

// The doctor has a pod to delete, and perhaps the answer to its creation to wait for; then it says what it left behind.
const doctorTerminationLimitMs = 2 * requestTimeoutMs + 5_000;

// Nor must lines that nobody reads: a stream that is blocked keeps Node.js alive.
const lastLinesLimitMs = 1_000;

class UnreadableList extends Error {}

// A reader that went away must not end the pulls, as an error without a listener would.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const parsed = parseArguments(process.argv.slice(2), version);
process.exitCode = await main(parsed, terminationSignal(parsed)).catch(endWithFault);
exitAfter(lastLinesLimitMs, process.exitCode);

async function main(parsed: Promise<Command>, signal: AbortSignal): Promise<number> {
  const command = await parsed;
  switch (command.kind) {
    case "information":
      process.stdout.write(`${command.text}\n`);
      return exitCode.done;
    case "usage-error":
      return endWithError(exitCode.usage, command.message);
    case "revision": {
      const result = await withLines(command.settings.list, async (lines) =>
        revision(lines, command.settings.pullPolicy),
      );
      if (result.exitCode !== exitCode.done) return endWithError(result.exitCode, result.message);
      process.stdout.write(`${result.message}\n`);
      return exitCode.done;
    }
    case "prefetch":
      return runPrefetch(command.settings, signal);
    case "inspect":
      return runInspect(command.settings, signal);
    case "doctor":
      return runDoctor(command.settings, signal);
  }
}

async function runInspect(settings: PrefetchSettings, signal: AbortSignal): Promise<number> {
  const nodeApi = nodeApiFor(settings, { isDryRun: true });
  if (typeof nodeApi === "string") return endWithError(exitCode.usage, nodeApi);
  const imageService = createImageService(settings.criSocket);
  // What a log would say is among the findings.
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const dependencies = {
    imageService,
    keyring: createKeyring({ ...settings, log, clock: systemClock }),
    nodeApi,
    clock: systemClock,
    platform: platformFrom(process.platform, process.arch),
    diskSpace: () => diskSpaceAt("/"),
    socketsIn,
    readLines: () => linesOf(settings.list),
    version,
  };
  try {
    process.stdout.write(`${JSON.stringify(await inspect(settings, dependencies, signal))}\n`);
    return exitCode.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    return exitCode.terminated;
  } finally {
    imageService.close();
  }
}

async function runDoctor(settings: DoctorSettings, signal: AbortSignal): Promise<number> {
  const api = inKubeConfig(() => createDoctorApi(systemClock, settings.context));
  if (typeof api === "string") return endWithError(exitCode.usage, visible(api));
  const tell = (line: string) => void process.stderr.write(`${visible(line)}\n`);
  try {
    const dependencies = { api, clock: systemClock, random: Math.random, tell };
    const result = await doctor(settings, dependencies, signal);
    if (result.kind === "stopped") return endWithError(result.exitCode, visible(result.message));
    const { report } = result;
    // A terminal that does not tell its width has 0 columns.
    const width = process.stdout.isTTY ? process.stdout.columns || undefined : undefined;
    const isJson = settings.output === "json";
    process.stdout.write(isJson ? `${visibleJson(report)}\n` : tableFrom(report, width));
    return result.exitCode;
  } catch (error) {
    if (!signal.aborted) throw error;
    return endWithError(exitCode.terminated, "interrupted");
  }
}

async function runPrefetch(settings: PrefetchSettings, signal: AbortSignal): Promise<number> {
  const log = createLog({ instance: settings.instance, node: settings.nodeName }, process.stdout);
  const nodeApi = nodeApiFor(settings);
  if (typeof nodeApi === "string") return endWithError(exitCode.usage, nodeApi);
  const imageService = createImageService(settings.criSocket);
  const dependencies = {
    imageService,
    keyring: createKeyring({ ...settings, clock: systemClock, log }),
    nodeApi,
    clock: systemClock,
    log,
    random: Math.random,
    platform: platformFrom(process.platform, process.arch),
    diskSpace: () => diskSpaceAt("/"),
    socketsIn,
  };
  try {
    const result = await withLines(settings.list, (lines) => prefetch(settings, lines, dependencies, signal));
    if (result.exitCode === exitCode.done) log.info({ exitCode: result.exitCode }, result.message);
    else log.error({ exitCode: result.exitCode }, result.message);
    await writeTerminationMessage(settings.terminationMessagePath, result.message);
    return result.exitCode;
  } catch (error) {
    if (!signal.aborted) throw error;
    log.info({ exitCode: exitCode.terminated }, "terminated; no verdict was written");
    return exitCode.terminated;
  } finally {
    imageService.close();
  }
}

/** The Node's API, or a sentence that says why the cluster's configuration leads to none. */
function nodeApiFor(
  { nodeName, instance }: PrefetchSettings,
  options: Pick<NodeApiOptions, "isDryRun"> = {},
): NodeApi | string {
  return inKubeConfig(() =>
    createNodeApi({ nodeName, key: keyOf(instance), clock: systemClock, ...options }),
  );
}

/** What `create` makes of the kubeconfig, or a sentence that says why it cannot be used. */
function inKubeConfig<Api>(create: () => Api): Api | string {
  try {
    return create();
  } catch (error) {
    // The first line alone: a parser shows the lines around a fault below it, and this file holds credentials.
    const [why] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    return `the kubeconfig cannot be used: ${why}`;
  }
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

/** Ends the process with `code` if it has not ended by itself until then. */
function exitAfter(limitMs: number, code: number): void {
  setTimeout(() => process.exit(code), limitMs).unref();
}

/** What `use` comes to with the list's lines; a file that cannot be read is bad usage. */
async function withLines(
  list: ListSource,
  use: (lines: readonly string[]) => Promise<CommandResult>,
): Promise<CommandResult> {
  try {
    return await use(await linesOf(list));
  } catch (error) {
    if (!(error instanceof UnreadableList)) throw error;
    return { exitCode: exitCode.usage, message: error.message };
  }
}

async function linesOf(list: ListSource): Promise<readonly string[]> {
  return list.kind === "file" ? linesFromText(await readList(list.path)) : list.lines;
}

async function readList(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableList(`the list file ${path} cannot be read: ${why}`, { cause: error });
  }
}

/** The summary for `kubectl describe pod`; by hand there is no such file, and nothing is lost. */
async function writeTerminationMessage(path: string, message: string): Promise<void> {
  if (path === "") return;
  const flag = constants.O_WRONLY | constants.O_TRUNC;
  await writeFile(path, terminationMessageFrom(message), { flag }).catch(() => {});
}

function endWithError(code: number, message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return code;
}

/** A fault that nothing above expected. Its text may hold anything, a secret among it. */
function endWithFault(error: unknown): number {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return endWithError(exitCode.internal, `a fault of the agent itself: ${redact(text)}`);
}
