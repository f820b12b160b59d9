import { dirname } from "node:path";
import { createBackoff, delayBeforeNextRound } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { createCredentialMemory } from "../credential-memory.ts";
import { sleep } from "../deadline.ts";
import type { DiskSpace } from "../disk-gate.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { FailureReason } from "../failure.ts";
import { type Entry, entriesFromLines, linesOf } from "../image-list.ts";
import type { ImageService } from "../image-service.ts";
import type { Keyring } from "../keyring.ts";
import type { Log } from "../log.ts";
import type { NodeApi } from "../node-api.ts";
import { keyOf } from "../node-record.ts";
import { failedEntriesOf, type Outcome } from "../outcome.ts";
import { createPool } from "../pool.ts";
import { createReport, type Report } from "../report.ts";
import { revisionOf } from "../revision.ts";
import { runRound } from "../round.ts";
import type { RoundContext } from "../round-context.ts";
import type { RoundResult } from "../round-result.ts";
import type { PrefetchSettings } from "../settings.ts";
import { summaryOf } from "../termination-message.ts";
import { waitForRuntime } from "../wait-for-runtime.ts";

/** How a command ended: the process's exit code, and what a person should read. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  readonly message: string;
}

/** The world outside the process. */
export interface PrefetchDependencies {
  readonly imageService: ImageService;
  readonly keyring: Keyring;
  readonly nodeApi: NodeApi;
  readonly clock: Clock;
  readonly log: Log;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** This node's platform, `os/arch`. */
  readonly platform: string;
  /** The file system that the runtime's images go to. */
  readonly diskSpace: () => DiskSpace;
  /** The Unix sockets that lie in a folder, absolute paths, as far as they can be seen. */
  readonly socketsIn: (folder: string) => Promise<readonly string[]>;
}

/**
 * Pulls the list, round after round, and keeps the Node's label and annotation true to it. Ends when the verdict is
 * `succeeded`, or as `onFailure` says; rejects with the signal's reason when `signal` aborts.
 */
export async function prefetch(
  settings: PrefetchSettings,
  lines: readonly string[],
  dependencies: PrefetchDependencies,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { log, clock } = dependencies;
  const entries = entriesFromLines(lines);
  const revision = revisionOf(settings.pullPolicy, linesOf(entries));
  const usageProblem = problemWithList(settings, entries, revision);
  if (usageProblem !== undefined) return { exitCode: exitCode.usage, message: usageProblem };

  const runtime = await waitForRuntime(dependencies.imageService, settings.runtimeTimeoutMs, clock, signal);
  if (runtime.kind === "unusable") {
    const sockets = await dependencies.socketsIn(dirname(settings.criSocket));
    return { exitCode: exitCode.runtime, message: noRuntime(settings, runtime.failure.message, sockets) };
  }
  const context = createContext(settings, entries, revision, dependencies);
  log.info({ revision, entries: entries.length, runtime: runtime.version }, "the runtime is ready");
  return roundAfterRound(settings, context, dependencies.random, signal);
}

async function roundAfterRound(
  settings: PrefetchSettings,
  context: RoundContext,
  random: () => number,
  signal: AbortSignal,
): Promise<CommandResult> {
  const { clock, log, report, revision } = context;
  const bounds = { initialDelayMs: settings.retryInitialDelayMs, maxDelayMs: settings.retryMaxDelayMs };
  for (let roundNumber = 1; ; roundNumber += 1) {
    const startMs = clock.nowMs();
    const result = await runRound(context, signal);
    const durationMs = Math.round(clock.nowMs() - startMs);
    if (result.kind === "verdict" || result.kind === "unwritten") {
      const isWritten = result.kind === "verdict";
      report.roundEnded({ roundNumber, revision, outcomes: result.outcomes, durationMs, isWritten });
    }
    const end = endOf(result, settings, revision);
    if (end !== "next-round") return end;
    const delayMs = delayBeforeNextRound(roundNumber, requiredReasonsIn(result), bounds, random);
    log.info({ delayMs: Math.round(delayMs) }, "waiting for the next round");
    await sleep(clock, delayMs, signal);
  }
}

function endOf(
  result: RoundResult,
  settings: PrefetchSettings,
  revision: string,
): CommandResult | "next-round" {
  switch (result.kind) {
    case "node-gone":
      return {
        exitCode: exitCode.done,
        message: `the Node ${settings.nodeName} is gone; there is nothing to label`,
      };
    case "foreign-owner":
      return { exitCode: exitCode.foreignOwner, message: foreignOwner(settings, result.owner) };
    case "unwritten":
      return {
        exitCode: exitCode.unwritten,
        message: `${unwritten(settings, result.message)}\n${summaryOf(revision, result.outcomes)}`,
      };
    case "verdict": {
      const message = summaryOf(revision, result.outcomes);
      if (result.verdict !== "failed" || settings.onFailure === "continue")
        return { exitCode: exitCode.done, message };
      return settings.onFailure === "exit" ? { exitCode: exitCode.failed, message } : "next-round";
    }
  }
}

/** Why the required entries failed; an optional one is not what the next round is for. */
function requiredReasonsIn(result: RoundResult): readonly FailureReason[] {
  const outcomes: readonly Outcome[] = result.kind === "verdict" ? result.outcomes : [];
  return failedEntriesOf(outcomes.filter(({ entry }) => entry.isRequired)).map(({ reason }) => reason);
}

function createContext(
  settings: PrefetchSettings,
  entries: readonly Entry[],
  revision: string,
  dependencies: PrefetchDependencies,
): RoundContext & { readonly report: Report } {
  return {
    ...settings,
    ...dependencies,
    entries,
    revision,
    confirmed: new Set(),
    throttledRegistries: new Set(),
    credentialMemory: createCredentialMemory(),
    backoff: createBackoff(dependencies.random, settings.backoffScale),
    pool: createPool(settings.concurrency),
    report: createReport(dependencies.log),
  };
}

/** Why nothing is done with the list, as a sentence; undefined where it is as it should be. */
export function problemWithList(
  settings: PrefetchSettings,
  entries: readonly Entry[],
  revision: string,
): string | undefined {
  if (entries.length === 0) {
    return "the list is empty, and an empty list proves nothing: give at least one image (--image or --image-list-file)";
  }
  if (!entries.some(({ isRequired }) => isRequired)) {
    return "the list has no required entry, and so nothing that a label could speak for: leave out required=false for one at least";
  }
  if (settings.revision === undefined || settings.revision === revision) return undefined;
  return (
    `the list has revision ${revision}, but --revision says ${settings.revision}: the list and the chart's values do not ` +
    "belong together (a changed ConfigMap behind existingList needs its new existingList.revision; " +
    "`prefetcher revision` prints it). Nothing was pulled and no label was changed"
  );
}

/** That the runtime could not be used, why, and which sockets there are instead. */
export function noRuntime(settings: PrefetchSettings, why: string, sockets: readonly string[]): string {
  const folder = dirname(settings.criSocket);
  const found =
    sockets.length === 0
      ? `no socket can be seen in ${folder}`
      : `sockets in ${folder}: ${sockets.join(", ")}`;
  return (
    `no container runtime that speaks CRI v1 could be used at ${settings.criSocket} within ` +
    `${settings.runtimeTimeoutMs / 1000} s: ${why}; ${found}. Set criSocket (--cri-socket) to the runtime's socket. ` +
    "No label was changed"
  );
}

/** That the label is another's, and what to do. */
export function foreignOwner(settings: PrefetchSettings, owner: string): string {
  const key = keyOf(settings.instance);
  return (
    `the label ${key} on node ${settings.nodeName} belongs to ${owner}, and this is ${settings.owner}. Nothing more is ` +
    `pulled or written there. Give one of the two another instanceName; or, if ${owner} is gone, set takeOver=${owner}; or remove what ` +
    `it left: prefetcher cleanup --instance ${settings.instance} --owner ${owner}`
  );
}

function unwritten(settings: PrefetchSettings, why: string): string {
  return `the label ${keyOf(settings.instance)} could not be written on node ${settings.nodeName}: ${why}`;
}
