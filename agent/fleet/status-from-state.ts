import type { StatusSettings } from "../settings.ts";
import type { Caller } from "./caller.ts";
import type { FleetDaemonSet } from "./fleet-api.ts";
import { fleetLookFrom } from "./fleet-look.ts";
import { fleetReportFrom } from "./fleet-report.ts";
import { hasSelector, nameOf } from "./fleet-scope.ts";
import type { FleetScope, FleetState, ReleaseState } from "./fleet-state.ts";
import { leftoverRemedies } from "./leftovers/leftover-remedies.ts";
import { leftoversOf } from "./leftovers/leftovers.ts";
import { releaseListFrom } from "./release-list.ts";
import type { DaemonSetName, ReleaseStatus, StatusReport } from "./status-report.ts";

/** What a report depends on beside the fleet: whose DaemonSets the state has, and what they are held against. */
export type StatusQuestion = Pick<StatusSettings, "revision" | "minPercent" | "includesNotReady"> &
  Caller & { readonly scope: FleetScope };

/** What the state comes to, as it was at `now`; `before` is the report of the state before it, if there was one. */
export function statusReportFrom(
  state: FleetState,
  question: StatusQuestion,
  now: Date,
  before?: Pick<StatusReport, "interruptedSince">,
): StatusReport {
  const { interruptions, pending } = state;
  const found = state.releases.map((release) => releaseStatusFrom(release, state, question));
  const strange = state.releases
    .map(({ daemonSet }) => daemonSet)
    .filter((_, index) => found[index] === undefined);
  const leftovers = leftoversOf(state, question.scope);
  const takenAt = now.toISOString();
  return {
    v: 1,
    takenAt,
    interruptions,
    ...(interruptions.length === 0 ? {} : { interruptedSince: before?.interruptedSince ?? takenAt }),
    pending: pending.map(namedIn),
    strange: strange.map(namedIn),
    releases: found.filter((each) => each !== undefined).sort(byName),
    leftovers,
    notes: [
      ...interruptions,
      ...strange.map((each) => strangeDaemonSet(nameOf(each))),
      ...pending.map((each) => `the pods of DaemonSet ${nameOf(each)} are not known yet`),
      ...leftoverRemedies(leftovers, question),
    ],
  };
}

function namedIn({ namespace, name }: FleetDaemonSet): DaemonSetName {
  return { namespace, daemonSet: name };
}

/** Undefined where it is no DaemonSet of ours. */
function releaseStatusFrom(
  { daemonSet, pods, failedCreate }: ReleaseState,
  { nodes }: FleetState,
  question: StatusQuestion,
): ReleaseStatus | undefined {
  const list = releaseListFrom(daemonSet.args);
  if (list === undefined || !hasSelector(daemonSet)) return undefined;
  const { program, context, kubeconfig, revision: expectedRevision = list.revision } = question;
  const release = { daemonSet, list, expectedRevision, caller: { program, context, kubeconfig } };
  const look = fleetLookFrom(release, pods, nodes, failedCreate);
  return { ...fleetReportFrom(look, question), mode: daemonSet.isKept ? "keep" : "once" };
}

/** That it cannot be told what the DaemonSet of that name is to have on the nodes. */
export function strangeDaemonSet(name: string): string {
  return `DaemonSet ${name} has no container prefetch with its arguments; is it this chart's?`;
}

function byName(a: ReleaseStatus, b: ReleaseStatus): number {
  const textOf = ({ namespace, release, instance }: ReleaseStatus) => `${namespace} ${release} ${instance}`;
  return textOf(a) < textOf(b) ? -1 : 1;
}
