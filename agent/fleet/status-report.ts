import type { FleetReport } from "./fleet-report.ts";

/** What `prefetcher status` found out; with `--output json` this is what it prints. */
export interface StatusReport {
  readonly v: 1;
  /** When it was looked at, RFC 3339. */
  readonly takenAt: string;
  /** What keeps changes from being heard of, a sentence each; empty where all is known as it is. All of them are among `notes` too. */
  readonly interruptions: readonly string[];
  /** When the first of these was noticed, RFC 3339: what is newer may be missing. Left out where nothing is interrupted. */
  readonly interruptedSince?: string;
  /** DaemonSets that were asked about, and of which nothing is said yet, since their pods are not known. */
  readonly pending: readonly DaemonSetName[];
  /** DaemonSets that were asked about, and of which nothing can be said: their container's arguments, or their selectors, are not this chart's. */
  readonly strange: readonly DaemonSetName[];
  /** One for each DaemonSet that was asked about, by namespace, release and instance. */
  readonly releases: readonly ReleaseStatus[];
  /** Marks that nobody speaks for any more, by node and instance. */
  readonly leftovers: readonly Leftover[];
  /** What kept it from finding out more, and what removes the leftovers, a sentence each. */
  readonly notes: readonly string[];
}

/** Which DaemonSet. */
export interface DaemonSetName {
  readonly namespace: string;
  readonly daemonSet: string;
}

/** One release's list on its nodes. */
export interface ReleaseStatus extends FleetReport {
  /** Whether its agents look again after they have succeeded. */
  readonly mode: "once" | "keep";
}

/** A label or an annotation on a node where no agent keeps it true. */
export interface Leftover {
  readonly node: string;
  readonly instance: string;
  /** The key of the label and of the annotation. */
  readonly key: string;
  /** The label's value; left out where only the annotation stands there. */
  readonly label?: string;
  /** `<namespace>/<release>` in the annotation; left out where none is. */
  readonly owner?: string;
  readonly kind: LeftoverKind;
}

/**
 * - `not-chosen` the owner's release has this list, and no pod on this node
 * - `former-instance` the owner's release is there, and has no such instance any more
 * - `no-release` there is no release of that owner
 * - `unowned` a label without an annotation, on a node where no release of its instance has a pod
 */
export type LeftoverKind = "not-chosen" | "former-instance" | "no-release" | "unowned";
