import { sleep } from "../deadline.ts";
import { flagIn } from "../flag-in.ts";
import type { FleetApi, FleetDaemonSet } from "../fleet-api.ts";
import { releaseOf } from "../owner.ts";
import { counted, type Work } from "./cleanup-work.ts";

// How often it is looked whether pods have ended or a DaemonSet has settled.
const lookEveryMs = 2_000;

/** The owner's DaemonSets that nobody has deleted. */
export async function livingDaemonSets(
  api: FleetApi,
  owner: string,
  signal: AbortSignal,
): Promise<readonly FleetDaemonSet[]> {
  const { namespace, release } = releaseOf(owner);
  const all = await api.daemonSets(namespace, release, signal);
  return all.filter(({ isBeingDeleted }) => !isBeingDeleted);
}

/** Whether one of the DaemonSets has that instance; one that names none may have any. */
export function isHeldBy(daemonSets: readonly FleetDaemonSet[], instance: string): boolean {
  return daemonSets.some(({ args }) => (flagIn(args, "instance") ?? instance) === instance);
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
  const endMs = clock.nowMs() + settings.podTimeoutMs;
  for (let look = 1; ; look += 1) {
    if ((await livingDaemonSets(api, owner, signal)).length > 0) return [];
    const nodes = await nodesWithPods(owner, work, signal);
    if (nodes.length === 0 || settings.isDryRun || clock.nowMs() + lookEveryMs > endMs) return nodes;
    if (look === 1) tell(`waiting until ${counted(nodes.length, "pod")} of ${owner} ended`);
    await sleep(clock, lookEveryMs, signal);
  }
}

async function nodesWithPods(
  owner: string,
  { api, settings }: Work,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { namespace, release } = releaseOf(owner);
  const labels = settings.podSelector ?? {
    "app.kubernetes.io/name": "prefetcher",
    "app.kubernetes.io/instance": release,
  };
  const nodes: string[] = [];
  for await (const page of api.pods(namespace, labels, signal)) {
    // A pod that has ended, such as one that was evicted or a test's, writes nothing any more.
    const atWork = page.filter(({ phase }) => phase !== "Succeeded" && phase !== "Failed");
    nodes.push(...atWork.map(({ node }) => node ?? "none yet"));
  }
  return nodes;
}

/** Waits until the owner's DaemonSets have their pods where they want them; a sentence where that takes too long. */
export async function untilSettled(
  owner: string,
  { api, clock, settings, tell }: Work,
  signal: AbortSignal,
): Promise<readonly FleetDaemonSet[] | string> {
  const endMs = clock.nowMs() + settings.podTimeoutMs;
  for (let look = 1; ; look += 1) {
    const daemonSets = await livingDaemonSets(api, owner, signal);
    const why = daemonSets.map(whyUnsettled).find((each) => each !== undefined);
    if (why === undefined) return daemonSets;
    if (clock.nowMs() + lookEveryMs > endMs)
      return `${why}, and so which nodes ${owner} chooses is not sure after ${settings.podTimeoutMs / 1000} s`;
    if (look === 1) tell(`waiting: ${why}`);
    await sleep(clock, lookEveryMs, signal);
  }
}

function whyUnsettled(daemonSet: FleetDaemonSet): string | undefined {
  const { namespace, name, generation, observedGeneration, desired, current, updated, misscheduled } =
    daemonSet;
  const set = `DaemonSet ${namespace}/${name}`;
  if (observedGeneration < generation) return `${set} was changed, and the cluster has not looked at it yet`;
  if (current !== desired) return `${set} has pods on ${current} of ${counted(desired, "node")}`;
  if (updated !== desired) return `${set} has its newest pods on ${updated} of ${counted(desired, "node")}`;
  if (misscheduled !== 0)
    return `${set} has pods left on ${counted(misscheduled, "node")} that it no longer chooses`;
  return undefined;
}

/** The nodes for which the DaemonSets have pods. */
export async function nodesOf(
  daemonSets: readonly FleetDaemonSet[],
  api: FleetApi,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const nodes = new Set<string>();
  for (const { namespace, selector } of daemonSets) {
    // One that is being deleted counts: of a DaemonSet that has settled it is on a chosen node, and another takes its place.
    for await (const page of api.pods(namespace, selector, signal)) {
      for (const { node } of page) if (node !== undefined) nodes.add(node);
    }
  }
  return nodes;
}
