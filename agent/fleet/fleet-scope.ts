import { flagIn } from "../flag-in.ts";
import { releaseOf } from "../owner.ts";
import type { FleetDaemonSet, FleetPod } from "./fleet-api.ts";
import type { FleetScope } from "./fleet-state.ts";

/** Whether it is one of those that are asked about; one that is being deleted is none. */
export function isInScope({ namespace, release, instance }: FleetScope, daemonSet: FleetDaemonSet): boolean {
  const { args, isBeingDeleted } = daemonSet;
  const owner = flagIn(args, "owner");
  if (isBeingDeleted || owner === undefined) return false;
  if (namespace !== undefined && daemonSet.namespace !== namespace) return false;
  if (release !== undefined && releaseOf(owner).release !== release) return false;
  return instance === undefined || flagIn(args, "instance") === instance;
}

/** Whether its pods can be told from others; without a selector all pods of the namespace would be its own. */
export function hasSelector({ selector }: FleetDaemonSet): boolean {
  return Object.keys(selector).length > 0;
}

/** Whether fewer nodes have a pod of the DaemonSet, or are to have the one that waits to be scheduled, than it wants, by its status or by the pods. */
export function lacksPods({ desired, current }: FleetDaemonSet, pods: Iterable<FleetPod>): boolean {
  let count = 0;
  for (const { isBeingDeleted } of pods) if (!isBeingDeleted) count += 1;
  return Math.min(count, current) < desired;
}

/** The DaemonSet's name in the cluster: `<namespace>/<name>`. */
export function nameOf({ namespace, name }: FleetDaemonSet): string {
  return `${namespace}/${name}`;
}
