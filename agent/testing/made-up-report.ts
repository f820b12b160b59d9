import { type FleetReport, nodeStates, type ReportedNode } from "../fleet/fleet-report.ts";
import { percentOf } from "../fleet/percent-of.ts";
import type { ReleaseStatus, StatusReport } from "../fleet/status-report.ts";

/** The revision of a made-up release. */
export const madeUpRevision = "1-0123456789ab";

/** What a made-up release is given; everything else of it follows. */
export type ReleaseFields = Pick<ReleaseStatus, "nodes"> & Partial<ReleaseStatus>;

/** A node that succeeded, but for `fields`. */
export function madeUpNode(name: string, fields: Partial<ReportedNode> = {}): ReportedNode {
  const isCounted = fields.state !== "nothing-to-do" && fields.state !== "missing";
  return { name, state: "succeeded", isReady: true, isCounted, ...fields };
}

/** A release of these nodes, in the order in which a report has them, and with counts that are right. */
export function madeUpRelease(fields: ReleaseFields): ReleaseStatus {
  const { release = "a", absent = 0 } = fields;
  const nodes = fields.nodes.toSorted((a, b) => rankOf(a) - rankOf(b));
  const count = (state: string) => nodes.filter((node) => node.state === state && !isLeftOut(node)).length;
  const counts = Object.fromEntries(
    nodeStates.map((state) => [state, count(state)]),
  ) as FleetReport["counts"];
  const counted = nodes.filter((node) => node.isCounted).length + absent;
  return {
    v: 1,
    namespace: "default",
    release,
    daemonSet: `${release}-prefetcher`,
    instance: release,
    key: `image-prefetcher.stackrox.io/${release}`,
    revision: madeUpRevision,
    percent: percentOf(counts.succeeded, counted),
    minPercent: 100,
    counts,
    absent,
    notReady: nodes.filter(isLeftOut).length,
    problems: [],
    notes: [],
    mode: "once",
    ...fields,
    nodes,
  };
}

function rankOf({ state, isCounted }: ReportedNode): number {
  return nodeStates.indexOf(state) + (isCounted ? 0 : nodeStates.length);
}

function isLeftOut({ isReady, isCounted }: ReportedNode): boolean {
  return !isReady && !isCounted;
}

/** A report of these releases. */
export function madeUpReport(
  releases: readonly ReleaseStatus[],
  rest: Partial<StatusReport> = {},
): StatusReport {
  const nothing = { interruptions: [], pending: [], strange: [], leftovers: [], notes: [] };
  return { v: 1, takenAt: "2026-11-20T06:30:00Z", ...nothing, releases, ...rest };
}
