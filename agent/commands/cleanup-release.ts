import { countOf } from "../count-of.ts";
import { sleep } from "../deadline.ts";
import { flagIn } from "../flag-in.ts";
import type { FleetApi, FleetDaemonSet } from "../fleet/fleet-api.ts";
import { releaseOf } from "../owner.ts";
import { releasePods } from "./cleanup-pods.ts";
import { lookEveryMs, type Work } from "./cleanup-work.ts";

/** The owner's DaemonSets that nobody has deleted. */
export async function livingDaemonSets(
  api: FleetApi,
  owner: string,
  signal: AbortSignal,
): Promise<readonly FleetDaemonSet[]> {
  const all = await api.daemonSets(releaseOf(owner).namespace, owner, signal);
  return all.filter(({ isBeingDeleted }) => !isBeingDeleted);
}

/** Those of the DaemonSets that have the instance; one that names none may have any. */
export function holdersOf(
  daemonSets: readonly FleetDaemonSet[],
  instance: string,
): readonly FleetDaemonSet[] {
  return daemonSets.filter(({ args }) => (flagIn(args, "instance") ?? instance) === instance);
}

/**
 * Waits until no pod of the owner's release is at work, as long as it has no DaemonSet; says on which nodes pods were left when the time
 * was up, or before it in a dry run.
 */
export async function untilNoPods(
  owner: string,
  work: Work,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { api, clock, settings, tell } = work;
  const pods = releasePods(owner, work, signal);
  const endMs = clock.nowMs() + settings.podTimeoutMs;
  for (let look = 1; ; look += 1) {
    if ((await livingDaemonSets(api, owner, signal)).length > 0) return [];
    if (!(await pods.areThere())) return [];
    if (settings.isDryRun || clock.nowMs() + lookEveryMs > endMs) return pods.nodes();
    if (look === 1) tell(`waiting until ${countOf((await pods.nodes()).length, "pod")} of ${owner} ended`);
    await sleep(clock, lookEveryMs, signal);
  }
}

/**
 * Waits until each node that the owner's DaemonSets choose has a pod; a sentence where that takes too long. It waits as long for
 * what `wish` finds wanting, and then goes on without: a node that is not Ready keeps its pod.
 */
export async function untilSettled(
  owner: string,
  { api, clock, settings, tell }: Work,
  signal: AbortSignal,
  wish: Why = () => undefined,
): Promise<readonly FleetDaemonSet[] | string> {
  const endMs = clock.nowMs() + settings.podTimeoutMs;
  for (let look = 1; ; look += 1) {
    const daemonSets = await livingDaemonSets(api, owner, signal);
    const why = firstOf(daemonSets, whyUnknown);
    const wait = why ?? firstOf(daemonSets, wish);
    if (wait === undefined) return daemonSets;
    if (clock.nowMs() + lookEveryMs > endMs) {
      if (why === undefined) return daemonSets;
      return `${why}, and so which nodes ${owner} chooses is not sure after ${settings.podTimeoutMs / 1000} s`;
    }
    if (look === 1) tell(`waiting: ${wait}`);
    await sleep(clock, lookEveryMs, signal);
  }
}

/** What a DaemonSet is waited for; undefined for nothing. */
type Why = (daemonSet: FleetDaemonSet) => string | undefined;

function firstOf(daemonSets: readonly FleetDaemonSet[], why: Why): string | undefined {
  return daemonSets.map(why).find((each) => each !== undefined);
}

/** Why a node that is chosen may have no pod. That a pod is not of the newest template says nothing: on a node that is not Ready it stays. */
function whyUnknown(daemonSet: FleetDaemonSet): string | undefined {
  const { generation, observedGeneration, desired, current } = daemonSet;
  const set = nameOf(daemonSet);
  if (observedGeneration < generation) return `${set} was changed, and the cluster has not looked at it yet`;
  return current < desired ? `${set} has pods on ${current} of ${countOf(desired, "node")}` : undefined;
}

/** That nodes which are no longer chosen still have a pod. */
export function whyLeft(daemonSet: FleetDaemonSet): string | undefined {
  if (daemonSet.misscheduled === 0) return undefined;
  return `${nameOf(daemonSet)} has pods left on ${countOf(daemonSet.misscheduled, "node")} that it no longer chooses`;
}

/** That nodes have a pod of a former template. */
export function whyFormer(daemonSet: FleetDaemonSet): string | undefined {
  const { desired, updated } = daemonSet;
  if (updated >= desired) return undefined;
  return `${nameOf(daemonSet)} has its newest pods on ${updated} of ${countOf(desired, "node")}`;
}

function nameOf({ namespace, name }: FleetDaemonSet): string {
  return `DaemonSet ${namespace}/${name}`;
}

/** The instances that the DaemonSets' pods are told, by the nodes that have one, be it one that is being deleted. */
export async function podsByNode(
  daemonSets: readonly FleetDaemonSet[],
  api: FleetApi,
  signal: AbortSignal,
): Promise<PodsByNode> {
  const byNode = new Map<string, Set<string>>();
  for (const { namespace, selector } of daemonSets) {
    for await (const page of api.pods(namespace, selector, signal)) {
      for (const { node, instance } of page) {
        if (node === undefined) continue;
        const instances = byNode.get(node) ?? new Set();
        byNode.set(node, instance === undefined ? instances : instances.add(instance));
      }
    }
  }
  return byNode;
}

export type PodsByNode = ReadonlyMap<string, ReadonlySet<string>>;
