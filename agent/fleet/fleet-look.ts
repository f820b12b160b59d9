import { KubeError } from "../kube-error.ts";
import type { FleetApi, FleetDaemonSet, FleetPod } from "./fleet-api.ts";
import { type JudgedNode, judgedNodeFrom, missingNode, type PodOnNode } from "./fleet-judgement.ts";
import type { ReleaseList } from "./release-list.ts";

/** What is looked at. */
export interface FleetOfRelease {
  readonly daemonSet: FleetDaemonSet;
  /** As the DaemonSet's agents have it. */
  readonly list: ReleaseList;
  /** The revision that the nodes are to have. */
  readonly expectedRevision: string;
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
  const { daemonSet } = release;
  const { byNode, unscheduled } = await podsOf(api, daemonSet, signal);
  const nodes = await judgedNodes(api, release, byNode, signal);
  const found = { ...release, nodes, unscheduled, failedCreate: undefined };
  if (podsThere(found) + unscheduled.count >= daemonSet.desired) return found;
  return { ...found, failedCreate: await newestFailedCreate(api, daemonSet, signal) };
}

/** How many nodes have a pod. */
export function podsThere({ nodes }: Pick<FleetLook, "nodes">): number {
  return nodes.filter(({ state }) => state !== "missing").length;
}

interface PodsOfRelease {
  readonly byNode: Map<string, PodOnNode>;
  readonly unscheduled: FleetLook["unscheduled"];
}

async function podsOf(
  api: FleetApi,
  { namespace, selector }: FleetDaemonSet,
  signal: AbortSignal,
): Promise<PodsOfRelease> {
  const byNode = new Map<string, PodOnNode>();
  const waiting: Pick<FleetPod, "waiting">[] = [];
  for await (const page of api.pods(namespace, selector, signal)) {
    for (const { node, phase, waiting: what, isBeingDeleted } of page) {
      const pod = { phase, waiting: what, isBeingDeleted };
      if (node !== undefined) byNode.set(node, decisiveOf(byNode.get(node), pod));
      else if (!isBeingDeleted) waiting.push({ waiting: what });
    }
  }
  const why = waiting.find((each) => each.waiting !== undefined)?.waiting;
  return { byNode, unscheduled: { count: waiting.length, why } };
}

/** Of two pods of one node, as while one replaces the other, the one that the node's state depends on. */
function decisiveOf(known: PodOnNode | undefined, pod: PodOnNode): PodOnNode {
  if (known === undefined || known.isBeingDeleted) return pod;
  return pod.phase === "Pending" && !pod.isBeingDeleted ? pod : known;
}

async function judgedNodes(
  api: FleetApi,
  { list, expectedRevision }: FleetOfRelease,
  byNode: Map<string, PodOnNode>,
  signal: AbortSignal,
): Promise<readonly JudgedNode[]> {
  const expected = { ...list, revision: expectedRevision };
  const nodes: JudgedNode[] = [];
  const unseen = new Map(byNode);
  for await (const page of api.nodesWithStatus(signal)) {
    for (const node of page) {
      const pod = byNode.get(node.name);
      unseen.delete(node.name);
      if (pod !== undefined && !(pod.isBeingDeleted && node.isReady))
        nodes.push(judgedNodeFrom(node, pod, expected));
    }
  }
  const gone = [...unseen].filter(([, { isBeingDeleted }]) => !isBeingDeleted);
  return [...nodes, ...gone.map(([name]) => missingNode(name))];
}

async function newestFailedCreate(
  api: FleetApi,
  { namespace, name }: FleetDaemonSet,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const warnings = await api.warnings(namespace, name, signal);
    return warnings.findLast(({ reason }) => reason === "FailedCreate")?.message;
  } catch (error) {
    // That pods are missing is known without it, and not everybody may read events.
    if (error instanceof KubeError) return undefined;
    throw error;
  }
}
