import type { StatusSettings } from "../settings.ts";
import type { Caller } from "./caller.ts";
import { fleetLookFrom } from "./fleet-look.ts";
import { fleetReportFrom } from "./fleet-report.ts";
import { hasSelector, nameOf } from "./fleet-scope.ts";
import type { FleetScope, FleetState, ReleaseState } from "./fleet-state.ts";
import { leftoverRemedies } from "./leftovers/leftover-remedies.ts";
import { leftoversOf } from "./leftovers/leftovers.ts";
import { releaseListFrom } from "./release-list.ts";
import type { ReleaseStatus, StatusReport } from "./status-report.ts";

/** What a report depends on beside the fleet: whose DaemonSets the state has, and what they are held against. */
export type StatusQuestion = Pick<StatusSettings, "revision" | "minPercent" | "includesNotReady"> &
  Caller & { readonly scope: FleetScope };

/** What the state comes to, as it was at `now`. */
export function statusReportFrom(state: FleetState, question: StatusQuestion, now: Date): StatusReport {
  const found = state.releases.map((release) => releaseStatusFrom(release, state, question));
  const leftovers = leftoversOf(state, question.scope);
  return {
    v: 1,
    takenAt: now.toISOString(),
    releases: found.filter((each) => typeof each !== "string").sort(byName),
    leftovers,
    notes: [
      ...state.interruptions,
      ...found.filter((each) => typeof each === "string"),
      ...state.pending.map((each) => `the pods of DaemonSet ${nameOf(each)} are not known yet`),
      ...leftoverRemedies(leftovers, question),
    ],
  };
}

/** A sentence where it is no DaemonSet of ours. */
function releaseStatusFrom(
  { daemonSet, pods, failedCreate }: ReleaseState,
  { nodes }: FleetState,
  question: StatusQuestion,
): ReleaseStatus | string {
  const list = releaseListFrom(daemonSet.args);
  if (list === undefined || !hasSelector(daemonSet)) return strangeDaemonSet(nameOf(daemonSet));
  const { program, context, revision: expectedRevision = list.revision } = question;
  const release = { daemonSet, list, expectedRevision, caller: { program, context } };
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
