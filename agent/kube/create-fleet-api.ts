import { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";
import type { Clock } from "../clock.ts";
import { flagIn } from "../flag-in.ts";
import type { FleetApi, FleetDaemonSet, FleetNode, PodWarning } from "../fleet/fleet-api.ts";
import { KubeError } from "../kube-error.ts";
import { type Ask, createAsk, selectorFrom } from "./ask.ts";
import { createAskAgain, createFirstTrouble } from "./ask-again.ts";
import {
  daemonSetFrom,
  type EventObject,
  nodeFrom,
  nodeStatusFrom,
  podWarningFrom,
  warningsFrom,
} from "./fleet-objects.ts";
import { podFrom } from "./fleet-pod.ts";
import { type Follower, follow } from "./follow.ts";
import { all, type ListQuestion, pages } from "./list.ts";
import { nodeTable } from "./node-table.ts";
import { type KubeConfigChoice, loadUserKubeConfig } from "./user-kube-config.ts";

/** How the API server is found, and asked. */
export interface FleetApiOptions extends KubeConfigChoice {
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Says, once, why it takes long; left out for silence. */
  readonly tell?: (line: string) => void;
}

/** The API server of the kubeconfig, or of the pod's service account. Throws as `loadUserKubeConfig` does. */
export function createFleetApi(options: FleetApiOptions): FleetApi {
  const { clock, random, tell = () => {} } = options;
  const { kubeConfig, context } = loadUserKubeConfig(options);
  const sender = { kubeConfig, clock };
  const onTrouble = createFirstTrouble(tell);
  const ask = createAskAgain(createAsk(sender), clock, random, onTrouble);
  return {
    namespace: context.namespace ?? "default",
    nodes: (signal) => pages(ask, nodeList, nodeFrom, signal),
    nodesWithStatus: (signal) => pages(ask, nodeTable(), nodeStatusFrom, signal),
    ...releaseReadsBy(ask),
    ...followingBy({ sender, random, onTrouble }),
    removeMarks: (node, keys, signal) => removeMarks(ask, node, keys, signal),
  };
}

const nodeList: ListQuestion = {
  what: "list nodes",
  path: "/api/v1/nodes",
  // Without the status, which is most of a Node.
  accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
};

type ReleaseReads = "daemonSets" | "agentDaemonSets" | "pods" | "livingPods" | "warnings" | "podWarnings";

function releaseReadsBy(ask: Ask): Pick<FleetApi, ReleaseReads> {
  return {
    daemonSets: async (namespace, owner, signal) => {
      // Labels are not looked at: whoever deploys may rewrite them, and older charts have others.
      const found = await all(ask, daemonSetList(namespace), daemonSetFrom, signal);
      return found.filter(({ args }) => flagIn(args, "owner") === owner);
    },
    agentDaemonSets: async (namespace, signal) =>
      (await all(ask, daemonSetList(namespace), daemonSetFrom, signal)).filter(isAgents),
    pods: (namespace, labels, signal) => pages(ask, podList(namespace, labels), podFrom, signal),
    livingPods: (namespace, labels, signal) => {
      const living = { fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" };
      return pages(ask, podList(namespace, labels, living), podFrom, signal);
    },
    warnings: async (namespace, daemonSet, signal) => {
      const question = warningList(
        namespace,
        `involvedObject.kind=DaemonSet,involvedObject.name=${daemonSet}`,
      );
      return warningsFrom(await all(ask, question, (event: EventObject) => event, signal));
    },
    podWarnings: async (namespace, signal) => {
      const question = warningList(namespace, "involvedObject.kind=Pod,reason!=Unhealthy,reason!=BackOff");
      const found: PodWarning[] = [];
      for await (const page of pages(ask, question, podWarningFrom, signal)) {
        found.push(...page);
        if (found.length >= mostPodWarnings) break;
      }
      return found;
    },
  };
}

// Four pages; where all pods of thousands are stuck, the first say why.
const mostPodWarnings = 1_000;

function warningList(namespace: string, fieldSelector: string): ListQuestion {
  return {
    what: `list events in namespace ${namespace}`,
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
    query: { fieldSelector: `${fieldSelector},type=Warning` },
  };
}

function followingBy(
  follower: Follower,
): Pick<FleetApi, "followNodes" | "followAgentDaemonSets" | "followPods"> {
  const { onTrouble: _, ...quietly } = follower;
  return {
    followNodes: (signal) => follow({ question: nodeTable(), project: nodeStatusFrom }, follower, signal),
    followAgentDaemonSets: (namespace, signal) => {
      const only = { isWanted: isAgents, nameOf: (each: FleetDaemonSet) => `${each.namespace}/${each.name}` };
      return follow({ question: daemonSetList(namespace), project: daemonSetFrom, only }, follower, signal);
    },
    // Later than the others, when what interrupts it is shown.
    followPods: (namespace, labels, signal) =>
      follow({ question: podList(namespace, labels), project: podFrom }, quietly, signal),
  };
}

/** Whether the DaemonSet's pods are agents, whoever their owner is. */
function isAgents({ args }: FleetDaemonSet): boolean {
  return flagIn(args, "owner") !== undefined;
}

function daemonSetList(namespace: string | undefined): ListQuestion {
  const list = "list daemonsets.apps in";
  if (namespace === undefined) return { what: `${list} all namespaces`, path: "/apis/apps/v1/daemonsets" };
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`;
  return { what: `${list} namespace ${namespace}`, path };
}

function podList(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>> = {},
): ListQuestion {
  return {
    what: `list pods in namespace ${namespace}`,
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: { labelSelector: selectorFrom(labels), ...others },
  };
}

async function removeMarks(
  ask: Ask,
  { name, resourceVersion }: FleetNode,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<"removed" | "gone" | "changed"> {
  const none = Object.fromEntries(keys.map((key) => [key, null]));
  const question = {
    method: HttpMethod.PATCH,
    what: `patch nodes/${name}`,
    path: `/api/v1/nodes/${encodeURIComponent(name)}`,
    query: { fieldManager: "image-prefetcher" },
    contentType: "application/merge-patch+json",
    // Of the answer nothing is read, and a Node is 20 kB.
    accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json",
    // With the version nothing is removed that somebody else wrote meanwhile.
    body: { metadata: { resourceVersion, labels: none, annotations: none } },
  };
  try {
    await ask(question, signal);
    return "removed";
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.status === 404) return "gone";
    if (error.status === 409) return "changed";
    throw error;
  }
}
