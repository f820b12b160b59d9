// What is wrong with a release as a whole, whatever its nodes say.
import { countOf } from "../count-of.ts";
import { cut } from "../cut.ts";
import { redact } from "../redact.ts";
import type { FleetDaemonSet } from "./fleet-api.ts";
import { type FleetLook, podsThere } from "./fleet-look.ts";

/** A sentence for each thing that is wrong with the release's DaemonSet or its list, however many nodes are to succeed. */
export function releaseProblemsOf(look: FleetLook): readonly string[] {
  const { daemonSet, list, expectedRevision } = look;
  const name = `DaemonSet ${daemonSet.namespace}/${daemonSet.name}`;
  return [
    ...statusProblemsOf(name, look),
    ...(list.revision === expectedRevision
      ? []
      : [`${name} has the list of revision ${list.revision}, and not that of ${expectedRevision}`]),
    ...(list.isSample
      ? ["this is the chart's sample list, which prefetches nothing of yours: set images"]
      : []),
  ];
}

function statusProblemsOf(name: string, { daemonSet, nodes }: FleetLook): readonly string[] {
  if (isOutdated(daemonSet))
    return [`${name} has not been looked at by its controller yet; ask again in a moment`];
  if (daemonSet.desired > 0 || nodes.length > 0) return [];
  return [`${name} chooses no node: its nodeSelector, affinity or tolerations leave every node out`];
}

/** Whether all that its status says is about the generation before. */
function isOutdated({ generation, observedGeneration }: FleetDaemonSet): boolean {
  return observedGeneration < generation;
}

/**
 * How many nodes the DaemonSet chooses that have no pod: as its controller counts them, or, where pods have come or gone since, by the pods.
 * These alone would not do: one on a node that is no longer chosen stands in for one that is missing.
 */
export function absentPodsOf(look: FleetLook): number {
  const { desired, current } = look.daemonSet;
  return isOutdated(look.daemonSet) ? 0 : Math.max(0, desired - podsThere(look), desired - current);
}

/** That those are without, and why, as far as anybody says. */
export function absenceOf(look: FleetLook): string {
  const { daemonSet, unscheduled } = look;
  const waiting =
    unscheduled.count === 0
      ? []
      : [
          `; ${countOf(unscheduled.count, "pod")} cannot be scheduled: ${said(unscheduled.why ?? "nobody says why")}`,
        ];
  const nodes = `${daemonSet.desired - absentPodsOf(look)} of the ${countOf(daemonSet.desired, "node")} it chooses`;
  const few = `DaemonSet ${daemonSet.namespace}/${daemonSet.name} has a pod on ${nodes}`;
  return [few, ...waiting, ...creationProblemOf(look)].join("");
}

function creationProblemOf({ daemonSet, failedCreate }: FleetLook): readonly string[] {
  if (failedCreate === undefined) return [];
  const refusal = `; creating the others was refused: ${said(failedCreate)}`;
  if (!failedCreate.includes("violates PodSecurity")) return [refusal];
  const remedy = `kubectl label namespace ${daemonSet.namespace} pod-security.kubernetes.io/enforce=privileged --overwrite`;
  return [
    `${refusal}. The runtime's socket needs a hostPath volume, which is what the levels baseline and restricted refuse: ${remedy}`,
  ];
}

// Pod Security's refusal under `restricted`, with all that it lists, is shorter.
const longestText = 1_000;

function said(text: string): string {
  return cut(redact(text), longestText);
}
