import type { StatusSettings } from "../settings.ts";
import { nameOf } from "./fleet-scope.ts";
import type { FleetScope, FleetState } from "./fleet-state.ts";

/** Whose DaemonSets these settings ask about, where the kubeconfig's namespace is `contextNamespace`. */
export function scopeFrom(settings: StatusSettings, contextNamespace: string): FleetScope {
  const { release, instance, includesAllNamespaces } = settings;
  const namespace = includesAllNamespaces ? undefined : (settings.namespace ?? contextNamespace);
  return { namespace, release, instance };
}

/** Why these are not the DaemonSets that were asked about, as a sentence; undefined where they are. */
export function targetProblem(
  { releases, pending }: FleetState,
  { release, instance, revision, waits }: StatusSettings,
  scope: FleetScope,
): string | undefined {
  const isNamed = release !== undefined || instance !== undefined;
  const meant = [...releases.map(({ daemonSet }) => daemonSet), ...pending];
  if (meant.length === 0 && (isNamed || waits || revision !== undefined)) return noneThere(scope);
  if (revision === undefined || meant.length <= 1) return undefined;
  const names = meant.map(nameOf).sort();
  return `--revision is that of one list, and several DaemonSets are meant: ${names.join(", ")}; choose one by --release and --instance`;
}

function noneThere({ namespace, release, instance }: FleetScope): string {
  const which = [
    ...(release === undefined ? [] : [`of release ${release}`]),
    ...(instance === undefined ? [] : [`with --instance=${instance}`]),
    namespace === undefined ? "in any namespace" : `in namespace ${namespace}`,
  ];
  return `there is no DaemonSet of this chart ${which.join(" ")}; --namespace, --release and --instance name another`;
}
