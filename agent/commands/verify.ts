import { type ExitCode, exitCode } from "../exit-code.ts";
import type { FleetApi, FleetDaemonSet } from "../fleet-api.ts";
import { lookAtFleet } from "../fleet-look.ts";
import { type FleetReport, fleetReportFrom } from "../fleet-report.ts";
import { KubeError } from "../kube-error.ts";
import { releaseListFrom } from "../release-list.ts";
import type { VerifySettings } from "../settings.ts";

/** What `verify` comes to: a report, or a sentence that says why there is none. */
export type VerifyResult =
  | { readonly kind: "report"; readonly exitCode: ExitCode; readonly report: FleetReport }
  | { readonly kind: "stopped"; readonly exitCode: ExitCode; readonly message: string };

/**
 * Looks once at the nodes that the release chooses, and says whether they have its list. Only reads. Rejects only when `signal` aborts, with
 * its reason.
 */
export async function verify(
  settings: VerifySettings,
  { api }: { readonly api: FleetApi },
  signal: AbortSignal,
): Promise<VerifyResult> {
  const namespace = settings.namespace ?? api.namespace;
  try {
    const found = await api.daemonSets(namespace, settings.release, signal);
    const daemonSet = onlyOne(found, `${namespace}/${settings.release}`);
    if (typeof daemonSet === "string") return usage(daemonSet);
    const list = releaseListFrom(daemonSet.args);
    // Without a selector all pods of the namespace would be the DaemonSet's.
    if (list === undefined || Object.keys(daemonSet.selector).length === 0)
      return usage(
        `DaemonSet ${namespace}/${daemonSet.name} has no container prefetch with its arguments; is it this chart's?`,
      );
    const expectedRevision = settings.revision ?? list.revision;
    const look = await lookAtFleet(api, { daemonSet, list, expectedRevision }, signal);
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

/** The release's DaemonSet, or a sentence that says why there is not one. */
function onlyOne(found: readonly FleetDaemonSet[], release: string): FleetDaemonSet | string {
  const standing = found.filter(({ isBeingDeleted }) => !isBeingDeleted);
  const [only] = standing;
  if (only !== undefined && standing.length === 1) return only;
  if (only !== undefined)
    return `release ${release} has several DaemonSets: ${standing.map(({ name }) => name).join(", ")}`;
  if (found.length > 0) return `the DaemonSet of release ${release} is being deleted`;
  return `there is no DaemonSet of release ${release} with the label app.kubernetes.io/part-of=image-prefetcher; --namespace and --release name another`;
}
