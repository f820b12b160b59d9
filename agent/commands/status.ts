import type { Clock } from "../clock.ts";
import { createDeadline, DeadlinePassed } from "../deadline.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { FleetScope, FleetState } from "../fleet/fleet-state.ts";
import { statusReportFrom } from "../fleet/status-from-state.ts";
import type { StatusReport } from "../fleet/status-report.ts";
import { scopeFrom, targetProblem } from "../fleet/status-target.ts";
import { KubeError } from "../kube-error.ts";
import type { StatusSettings } from "../settings.ts";

/** What `status` comes to: the last report, or a sentence that says why there is none. */
export type StatusResult =
  | { readonly kind: "report"; readonly exitCode: ExitCode; readonly report: StatusReport }
  | { readonly kind: "stopped"; readonly exitCode: ExitCode; readonly message: string };

export interface StatusDependencies {
  /** What the program's user calls it. */
  readonly program: string;
  /** The namespace of the kubeconfig's context. */
  readonly namespace: string;
  /** Throws a KubeError where the API server does not let it find out. */
  readonly readFleet: (scope: FleetScope, signal: AbortSignal) => Promise<FleetState>;
  /**
   * What `readFleet` returns, then and at each change until `signal` aborts; throws as it does, and then too where it aborts before anything could
   * be returned.
   */
  readonly followFleet: (scope: FleetScope, signal: AbortSignal) => AsyncIterable<FleetState>;
  readonly clock: Clock;
  /** Takes each report, the last one too, as soon as it is there. */
  readonly show: (report: StatusReport) => void;
}

/**
 * Looks at the releases that the settings ask about: once, or with each change until `signal` aborts (`watches`) or no release has a problem any
 * more (`waits`). Only reads. Rejects only when `signal` aborts, with its reason, and not where it watches and has reported.
 */
export async function status(
  settings: StatusSettings,
  dependencies: StatusDependencies,
  signal: AbortSignal,
): Promise<StatusResult> {
  const work = { ...dependencies, settings, scope: scopeFrom(settings, dependencies.namespace) };
  try {
    return await (settings.watches || settings.waits ? follow(work, signal) : once(work, signal));
  } catch (error) {
    if (signal.aborted || !(error instanceof KubeError)) throw error;
    return { kind: "stopped", exitCode: exitCode.unwritten, message: error.message };
  }
}

interface Work extends StatusDependencies {
  readonly settings: StatusSettings;
  readonly scope: FleetScope;
}

async function once(work: Work, signal: AbortSignal): Promise<StatusResult> {
  return reported(await work.readFleet(work.scope, signal), work, undefined);
}

async function follow(work: Work, signal: AbortSignal): Promise<StatusResult> {
  const { followFleet, clock, settings, scope } = work;
  if (!settings.waits) return lastOf(followFleet(scope, signal), work, signal);
  using deadline = createDeadline(clock, settings.timeoutMs, signal);
  return await lastOf(followFleet(scope, deadline.signal), work, deadline.signal);
}

/** The result of the state that ends it, or of the last one before `signal` aborted. */
async function lastOf(
  states: AsyncIterable<FleetState>,
  work: Work,
  signal: AbortSignal,
): Promise<StatusResult> {
  let last: StatusResult | undefined;
  let fault: unknown;
  try {
    for await (const state of states) {
      last = reported(state, work, last);
      if (last.kind === "stopped" || (work.settings.waits && isReached(last.report, state))) return last;
    }
    signal.throwIfAborted();
  } catch (error) {
    if (!signal.aborted) throw error;
    fault = error;
  }
  return interrupted(last ?? nothingHeard(work, fault), work, signal.reason);
}

/** What the state comes to, shown; `before` is what the one before it came to. */
function reported(state: FleetState, work: Work, before: StatusResult | undefined): StatusResult {
  const { settings, scope, program, clock, show } = work;
  const problem = targetProblem(state, settings, scope);
  if (problem !== undefined) return { kind: "stopped", exitCode: exitCode.usage, message: problem };
  const question = { ...settings, scope, program };
  const reportBefore = before?.kind === "report" ? before.report : undefined;
  const report = statusReportFrom(state, question, clock.date(), reportBefore);
  show(report);
  return { kind: "report", exitCode: exitCode.done, report };
}

/** Whether each release has what it is to have; while changes are not heard of, or a release's pods not known yet, nobody knows. */
function isReached({ releases }: StatusReport, state: FleetState): boolean {
  const areAllOurs = releases.length === state.releases.length;
  const isAllHeard = state.interruptions.length === 0 && state.pending.length === 0;
  return areAllOurs && isAllHeard && releases.every(({ problems }) => problems.length === 0);
}

/** What it comes to where the signal aborted for that reason after this. */
function interrupted(last: StatusResult, { settings }: Work, reason: unknown): StatusResult {
  if (settings.watches && last.kind === "report") return last;
  if (!(reason instanceof DeadlinePassed)) throw reason;
  return last.kind === "report" ? { ...last, exitCode: exitCode.failed } : last;
}

function nothingHeard({ settings }: Work, fault: unknown): StatusResult {
  const why = fault instanceof KubeError ? `: ${fault.message}` : "";
  const message = `nothing was heard of the releases within ${settings.timeoutMs / 1000} s${why}`;
  return { kind: "stopped", exitCode: exitCode.unwritten, message };
}
