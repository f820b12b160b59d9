import type { FleetDaemonSet, FleetNodeStatus, FleetPod } from "./fleet-api.ts";

/** All that a status is made of, as it was at one time. */
export interface FleetState {
  /** All Nodes of the cluster. */
  readonly nodes: readonly FleetNodeStatus[];
  /** The releases that were asked about, but for the pending. */
  readonly releases: readonly ReleaseState[];
  /** The DaemonSets of those whose pods are not known yet. */
  readonly pending: readonly FleetDaemonSet[];
  /** Whether changes of Nodes or DaemonSets are not heard of: there may be others by now. */
  readonly isInterrupted: boolean;
  /** What keeps changes from being heard of, a sentence each; empty where all is well. */
  readonly interruptions: readonly string[];
}

/** One DaemonSet of the agents', and its pods. */
export interface ReleaseState {
  readonly daemonSet: FleetDaemonSet;
  readonly pods: readonly FleetPod[];
  /** Whether changes of its pods are not heard of. */
  readonly isInterrupted: boolean;
  /** The newest warning that a pod could not be created; asked for only where pods are missing, and undefined where it may not be read. */
  readonly failedCreate: string | undefined;
}

/** Whose DaemonSets are asked about. */
export interface FleetScope {
  /** Undefined for all namespaces. */
  readonly namespace: string | undefined;
  /** Undefined for all releases there. */
  readonly release: string | undefined;
  /** Undefined for all of their instances. */
  readonly instance: string | undefined;
}
