import type { FleetDaemonSet, FleetNodeStatus } from "../fleet/fleet-api.ts";
import type { JudgedNode } from "../fleet/fleet-judgement.ts";
import { fleetReportFrom } from "../fleet/fleet-report.ts";
import type { FleetState, ReleaseState } from "../fleet/fleet-state.ts";
import type { ReleaseStatus, StatusReport } from "../fleet/status-report.ts";
import { keyOf } from "../node-record.ts";
import { annotationOf, fleetDaemonSetOf, fleetPodOf } from "./fake-fleet-api.ts";
import { fleetLook } from "./fleet-world.ts";

/** The time of all reports here. */
export const statusTime = "2026-11-23T02:20:00.500Z";

/** Release `default/a` with these nodes, of which all have to succeed. */
export function releaseStatus(
  nodes: readonly JudgedNode[],
  fields: Partial<ReleaseStatus> = {},
): ReleaseStatus {
  const report = fleetReportFrom(fleetLook(nodes), { minPercent: 100, includesNotReady: false });
  return { ...report, mode: "once", ...fields };
}

/** A report of these releases that found nothing else, but for what is given. */
export function statusReport(
  releases: readonly ReleaseStatus[],
  fields: Partial<StatusReport> = {},
): StatusReport {
  const nothing = { interruptions: [], pending: [], strange: [], leftovers: [], notes: [] };
  return { v: 1, takenAt: statusTime, ...nothing, releases, ...fields };
}

/** A Node that is Ready, and has these instances marked by these owners; no owner is a label alone. */
export function markedNode(
  name: string,
  marks: Readonly<Record<string, string | undefined>> = {},
): FleetNodeStatus {
  const owned = Object.entries(marks).flatMap(([instance, owner]) =>
    owner === undefined ? [] : [[keyOf(instance), annotationOf(owner)] as const],
  );
  const labels = Object.keys(marks).map((instance) => [keyOf(instance), "succeeded"]);
  return {
    name,
    isReady: true,
    resourceVersion: "1",
    labels: Object.fromEntries(labels),
    annotations: Object.fromEntries(owned),
  };
}

/** A release of namespace `default` with a pod on each of these nodes, which are all that it chooses. */
export function releaseState(
  release: string,
  nodeNames: readonly string[],
  daemonSet: Partial<FleetDaemonSet> = {},
): ReleaseState {
  return {
    daemonSet: fleetDaemonSetOf(release, { desired: nodeNames.length, ...daemonSet }),
    pods: nodeNames.map((name) => fleetPodOf(release, name)),
    isInterrupted: false,
    failedCreate: undefined,
  };
}

/** A cluster of which all is heard. */
export function fleetState(
  nodes: readonly FleetNodeStatus[],
  releases: readonly ReleaseState[],
  interruptions: readonly string[] = [],
): FleetState {
  return { nodes, releases, pending: [], isInterrupted: false, interruptions };
}
