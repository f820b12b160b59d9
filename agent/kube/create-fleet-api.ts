import { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";
import type { Clock } from "../clock.ts";
import { flagIn } from "../flag-in.ts";
import type { FleetApi, FleetDaemonSet, FleetNode, FleetNodeStatus, FleetPod } from "../fleet/fleet-api.ts";
import { KubeError } from "../kube-error.ts";
import { type Ask, createAsk, objectIn, selectorFrom } from "./ask.ts";
import { createAskAgain } from "./ask-again.ts";
import {
  type DaemonSetObject,
  daemonSetFrom,
  type EventObject,
  type NodeObject,
  nodeFrom,
  nodeStatusFrom,
  type PodObject,
  podFrom,
  warningsFrom,
} from "./fleet-objects.ts";
import { loadUserKubeConfig } from "./user-kube-config.ts";

/** How the API server is found, and asked. */
export interface FleetApiOptions {
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** The kubeconfig's context; undefined for the current one. */
  readonly context: string | undefined;
}

// A Node of 20 kB makes a page of 5 MB.
const pageSize = 250;

// Without the status, which is most of a Node.
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** The API server of the kubeconfig, or of the pod's service account. Throws as `loadUserKubeConfig` does. */
export function createFleetApi({ clock, random, context: contextName }: FleetApiOptions): FleetApi {
  const { kubeConfig, context } = loadUserKubeConfig(contextName);
  const ask = createAskAgain(createAsk({ kubeConfig, clock }), clock, random);
  return {
    namespace: context.namespace ?? "default",
    nodes: (signal) => nodePages(ask, nodeFrom, signal, metadataOnly),
    nodesWithStatus: (signal) => nodePages(ask, nodeStatusFrom, signal),
    ...releaseReadsBy(ask),
    removeMarks: (node, keys, signal) => removeMarks(ask, node, keys, signal),
  };
}

function nodePages<Projected extends FleetNode | FleetNodeStatus>(
  ask: Ask,
  project: (node: NodeObject) => Projected,
  signal: AbortSignal,
  accept?: string,
): AsyncIterable<readonly Projected[]> {
  const question = { what: "list nodes", path: "/api/v1/nodes", ...(accept === undefined ? {} : { accept }) };
  return pages(ask, question, project, signal);
}

function releaseReadsBy(ask: Ask): Pick<FleetApi, "daemonSets" | "pods" | "livingPods" | "warnings"> {
  return {
    daemonSets: async (namespace, owner, signal) => {
      const question = {
        what: `list daemonsets.apps in namespace ${namespace}`,
        path: `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`,
      };
      // Labels are not looked at: whoever deploys may rewrite them, and older charts have others.
      const found = await all<DaemonSetObject, FleetDaemonSet>(ask, question, daemonSetFrom, signal);
      return found.filter(({ args }) => flagIn(args, "owner") === owner);
    },
    pods: (namespace, labels, signal) => podPages(ask, namespace, labels, signal),
    livingPods: (namespace, labels, signal) =>
      podPages(ask, namespace, labels, signal, {
        fieldSelector: "status.phase!=Succeeded,status.phase!=Failed",
      }),
    warnings: async (namespace, daemonSet, signal) => {
      const question = {
        what: `list events in namespace ${namespace}`,
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
        query: {
          fieldSelector: `involvedObject.kind=DaemonSet,involvedObject.name=${daemonSet},type=Warning`,
        },
      };
      return warningsFrom(await all<EventObject, EventObject>(ask, question, (event) => event, signal));
    },
  };
}

function podPages(
  ask: Ask,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
  others: Readonly<Record<string, string>> = {},
): AsyncIterable<readonly FleetPod[]> {
  const question = {
    what: `list pods in namespace ${namespace}`,
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: { labelSelector: selectorFrom(labels), ...others },
  };
  return pages<PodObject, FleetPod>(ask, question, podFrom, signal);
}

interface ListQuestion {
  readonly what: string;
  readonly path: string;
  readonly accept?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** The list, page by page, each object projected at once: of thousands only what is looked at stays in memory. */
async function* pages<Item, Projected>(
  ask: Ask,
  question: ListQuestion,
  project: (item: Item) => Projected,
  signal: AbortSignal,
): AsyncIterable<readonly Projected[]> {
  let next: string | undefined;
  do {
    const query = {
      ...question.query,
      limit: String(pageSize),
      ...(next === undefined ? {} : { continue: next }),
    };
    const list = objectIn<List<Item>>(await ask({ ...question, query }, signal));
    next = list.metadata?.continue || undefined;
    yield (list.items ?? []).map(project);
  } while (next !== undefined);
}

interface List<Item> {
  readonly items?: readonly Item[];
  readonly metadata?: { readonly continue?: string };
}

async function all<Item, Projected>(
  ask: Ask,
  question: ListQuestion,
  project: (item: Item) => Projected,
  signal: AbortSignal,
): Promise<Projected[]> {
  const found: Projected[] = [];
  for await (const page of pages(ask, question, project, signal)) found.push(...page);
  return found;
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
