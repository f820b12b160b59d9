import { flagIn } from "../flag-in.ts";
import type { Caller } from "./caller.ts";
import { newestFailedCreate } from "./failed-create.ts";
import type { FleetApi, FleetDaemonSet, FleetNodeStatus, FleetPod } from "./fleet-api.ts";
import { type JudgedNode, judgedNodeFrom, missingNode, type PodOnNode } from "./fleet-judgement.ts";
import { withWarningsNow } from "./pod-warnings.ts";
import type { ReleaseList } from "./release-list.ts";

/** What is looked at. */
export interface FleetOfRelease {
  readonly daemonSet: FleetDaemonSet;
  /** As the DaemonSet's agents have it. */
  readonly list: ReleaseList;
  /** The revision that the nodes are to have. */
  readonly expectedRevision: string;
  /** Who is told what to do about it. */
  readonly caller: Caller;
}

/** What one look at a release's nodes found. */
export interface FleetLook extends FleetOfRelease {
  /** The nodes with a pod of the DaemonSet. One that is being deleted counts only where the node is not Ready: nobody confirms it there. */
  readonly nodes: readonly JudgedNode[];
  /** The pods that are on no node yet, and what the first of them waits for. */
  readonly unscheduled: { readonly count: number; readonly why: string | undefined };
  /** The newest warning that a pod could not be created; asked for only where pods are missing, and undefined where it may not be read. */
  readonly failedCreate: string | undefined;
}

/** Reads the release's pods, then the nodes. Throws as the API does. */
export async function lookAtFleet(
  api: FleetApi,
  release: FleetOfRelease,
  signal: AbortSignal,
): Promise<FleetLook> {
  const { namespace, selector, desired } = release.daemonSet;
  const pods: FleetPod[] = [];
  for await (const page of api.pods(namespace, selector, signal)) pods.push(...page);
  const chosen = new Set(pods.map(({ node }) => node));
  const nodes: FleetNodeStatus[] = [];
  for await (const page of api.nodesWithStatus(signal))
    nodes.push(...page.filter(({ name }) => chosen.has(name)));
  const explained = await withWarningsNow(api, release.daemonSet, pods, signal);
  const look = fleetLookFrom(release, explained, nodes, undefined);
  const places = podsThere(look) + look.unscheduled.count;
  if (Math.min(places, release.daemonSet.current) >= desired) return look;
  return { ...look, failedCreate: await newestFailedCreate(api, release.daemonSet, signal) };
}

/** What the release's pods and these nodes, others among them, come to. */
export function fleetLookFrom(
  release: FleetOfRelease,
  pods: readonly FleetPod[],
  nodes: Iterable<FleetNodeStatus>,
  failedCreate: string | undefined,
): FleetLook {
  const { byNode, unscheduled } = podsOf(pods);
  return { ...release, nodes: judgedNodes(release, byNode, nodes), unscheduled, failedCreate };
}

/** How many nodes have a pod. */
export function podsThere({ nodes }: Pick<FleetLook, "nodes">): number {
  return nodes.filter(({ state }) => state !== "missing").length;
}

interface PodsOfRelease {
  readonly byNode: Map<string, PodOnNode>;
  readonly unscheduled: FleetLook["unscheduled"];
}

function podsOf(pods: readonly FleetPod[]): PodsOfRelease {
  const byNode = new Map<string, PodOnNode>();
  for (const pod of pods)
    if (pod.node !== undefined) byNode.set(pod.node, decisiveOf(byNode.get(pod.node), pod));
  const waiting = pods.filter(({ node, isBeingDeleted }) => node === undefined && !isBeingDeleted);
  const why = waiting.find((each) => each.waiting !== undefined)?.waiting;
  return { byNode, unscheduled: { count: waiting.length, why } };
}

/** Of two pods of one node, as while one replaces the other, the one that the node's state depends on. */
function decisiveOf(known: PodOnNode | undefined, pod: PodOnNode): PodOnNode {
  if (known === undefined || known.isBeingDeleted) return pod;
  return pod.phase === "Pending" && !pod.isBeingDeleted ? pod : known;
}

function judgedNodes(
  { daemonSet, list, expectedRevision, caller }: FleetOfRelease,
  byNode: ReadonlyMap<string, PodOnNode>,
  nodes: Iterable<FleetNodeStatus>,
): readonly JudgedNode[] {
  const expected = {
    ...list,
    revision: expectedRevision,
    isKept: daemonSet.isKept,
    staggerWindow: flagIn(daemonSet.args, "stagger-window"),
    caller,
  };
  const judged: JudgedNode[] = [];
  const unseen = new Map(byNode);
  for (const node of nodes) {
    const pod = byNode.get(node.name);
    unseen.delete(node.name);
    if (pod !== undefined && !(pod.isBeingDeleted && node.isReady))
      judged.push(judgedNodeFrom(node, pod, expected));
  }
  const gone = [...unseen].filter(([, { isBeingDeleted }]) => !isBeingDeleted);
  return [...judged, ...gone.map(([name]) => missingNode(name))];
}
