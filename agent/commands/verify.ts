import { type ExitCode, exitCode } from "../exit-code.ts";
import { flagIn } from "../flag-in.ts";
import type { FleetApi, FleetDaemonSet } from "../fleet/fleet-api.ts";
import { lookAtFleet } from "../fleet/fleet-look.ts";
import { type FleetReport, fleetReportFrom } from "../fleet/fleet-report.ts";
import { hasSelector, nameOf } from "../fleet/fleet-scope.ts";
import { releaseListFrom } from "../fleet/release-list.ts";
import { strangeDaemonSet } from "../fleet/status-from-state.ts";
import { KubeError } from "../kube-error.ts";
import type { VerifySettings } from "../settings.ts";

/** What `verify` comes to: a report, or a sentence that says why there is none. */
export type VerifyResult =
  | { readonly kind: "report"; readonly exitCode: ExitCode; readonly report: FleetReport }
  | { readonly kind: "stopped"; readonly exitCode: ExitCode; readonly message: string };

/**
 * Looks once at the nodes that the release chooses, and says whether they have its list. Only reads. Rejects only when `signal` aborts, with
 * its reason. `program` is what its user calls it.
 */
export async function verify(
  settings: VerifySettings,
  { api, program }: { readonly api: FleetApi; readonly program: string },
  signal: AbortSignal,
): Promise<VerifyResult> {
  const namespace = settings.namespace ?? api.namespace;
  try {
    const owner = `${namespace}/${settings.release}`;
    const found = await api.daemonSets(namespace, owner, signal);
    const daemonSet = onlyOne(found, owner, settings.instance);
    if (typeof daemonSet === "string") return usage(daemonSet);
    const list = releaseListFrom(daemonSet.args);
    if (list === undefined || !hasSelector(daemonSet)) return usage(strangeDaemonSet(nameOf(daemonSet)));
    const expectedRevision = settings.revision ?? list.revision;
    const { context, kubeconfig } = settings;
    const caller = { program, context, kubeconfig };
    const look = await lookAtFleet(api, { daemonSet, list, expectedRevision, caller }, signal);
    const report = fleetReportFrom(look, settings);
    const code = report.problems.length === 0 ? exitCode.done : exitCode.failed;
    return { kind: "report", exitCode: code, report };
  } catch (error) {
    if (signal.aborted || !(error instanceof KubeError)) throw error;
    return { kind: "stopped", exitCode: exitCode.unwritten, message: error.message };
  }
}

function usage(message: string): VerifyResult {
  return { kind: "stopped", exitCode: exitCode.usage, message };
}

/** The release's DaemonSet, that of `instance` if one is given, or a sentence that says why there is not one. */
function onlyOne(
  found: readonly FleetDaemonSet[],
  release: string,
  instance: string | undefined,
): FleetDaemonSet | string {
  const standing = found.filter(({ isBeingDeleted }) => !isBeingDeleted);
  const meant = standing.filter((each) => instance === undefined || instanceOf(each) === instance);
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  if (only !== undefined)
    return `release ${release} has several DaemonSets: ${named(meant)}; choose one by --instance`;
  if (standing.length > 0)
    return `release ${release} has no DaemonSet of instance ${instance}: ${named(standing)}`;
  if (found.length > 0) return `the DaemonSet of release ${release} is being deleted`;
  return `there is no DaemonSet whose container prefetch has --owner=${release}; --namespace and --release name another`;
}

function instanceOf({ args }: FleetDaemonSet): string | undefined {
  return flagIn(args, "instance");
}

function named(daemonSets: readonly FleetDaemonSet[]): string {
  return daemonSets.map((each) => `${each.name} (${instanceOf(each) ?? "of no instance"})`).join(", ");
}
