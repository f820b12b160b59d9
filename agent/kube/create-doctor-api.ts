import { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";
import type { Clock } from "../clock.ts";
import { type DaemonSet, type DoctorApi, KubeError, type PodEvent, type PodStatus } from "../doctor-api.ts";
import { redact } from "../redact.ts";
import { messageFrom } from "./answer-from-response.ts";
import { loadDoctorKubeConfig } from "./doctor-kube-config.ts";
import { NoResponse, type Sender, send } from "./send.ts";

// The log of one document; a list of thousands of images makes a few MiB.
const maxLogBytes = 16 * 1024 * 1024;

interface Question {
  readonly method?: HttpMethod;
  /** The verb and the resource for people, as RBAC calls them: `list daemonsets.apps in namespace default`. */
  readonly what: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** The text of a response that says yes. */
type Ask = (question: Question, signal: AbortSignal) => Promise<string>;

/** The API server of the kubeconfig; by its context `contextName`, if one is given. Throws as `loadDoctorKubeConfig` does. */
export function createDoctorApi(clock: Clock, contextName?: string): DoctorApi {
  const { kubeConfig, context } = loadDoctorKubeConfig(contextName);
  const ask: Ask = (question, signal) => answerTo(question, { kubeConfig, clock }, signal);
  return {
    namespace: context.namespace ?? "default",
    ...readsBy(ask),
    ...podReadsBy(ask),
    ...podWritesBy(ask),
  };
}

async function answerTo(question: Question, sender: Sender, signal: AbortSignal): Promise<string> {
  const { method = HttpMethod.GET, what, path, query, body } = question;
  const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
  // A log is plain text, and a refusal of it JSON.
  const types = { accept: "application/json, */*", contentType: "application/json" };
  try {
    const { status, text } = await send({ method, path: `${path}${search}`, body, ...types }, sender, signal);
    if (status >= 200 && status < 300) return text;
    throw new KubeError(`cannot ${what}: ${redact(messageFrom(text))} (HTTP ${status})`, status);
  } catch (error) {
    if (!(error instanceof NoResponse)) throw error;
    throw new KubeError(`cannot ${what}: ${error.message}`, undefined);
  }
}

function readsBy(ask: Ask): Pick<DoctorApi, "daemonSets" | "node" | "podsOnNode"> {
  return {
    daemonSets: async (namespace, signal) => {
      const what = `list daemonsets.apps in namespace ${namespace}`;
      const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`;
      const query = { labelSelector: "app.kubernetes.io/name=prefetcher" };
      return itemsIn<DaemonSet>(await ask({ what, path, query }, signal));
    },
    node: async (name, signal) => {
      const path = `/api/v1/nodes/${encodeURIComponent(name)}`;
      const text = await ask({ what: `get nodes/${name}`, path }, signal);
      const { status } = objectIn<{ status?: { conditions?: readonly Condition[] } }>(text);
      return { isReady: status?.conditions?.some(isReady) ?? false };
    },
    podsOnNode: async (namespace, labels, node, signal) => {
      const labelSelector = Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(",");
      const query = { labelSelector, fieldSelector: `spec.nodeName=${node}` };
      const what = `list pods in namespace ${namespace}`;
      return itemsIn(await ask({ what, path: podsPath(namespace), query }, signal)).length;
    },
  };
}

function podReadsBy(ask: Ask): Pick<DoctorApi, "podStatus" | "podEvents" | "podLog"> {
  return {
    podStatus: async (namespace, name, signal) => {
      const what = `get pods/${name} in namespace ${namespace}`;
      const text = await ask({ what, path: podPath(namespace, name) }, signal);
      return objectIn<{ status?: PodStatus }>(text).status ?? {};
    },
    podEvents: async (namespace, name, signal) => {
      const what = `list events in namespace ${namespace}`;
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
      const query = { fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${name}` };
      return itemsIn<PodEvent>(await ask({ what, path, query }, signal));
    },
    podLog: (namespace, name, signal) => {
      const what = `get pods/log of ${name} in namespace ${namespace}`;
      const query = { container: "prefetch", limitBytes: String(maxLogBytes) };
      return ask({ what, path: `${podPath(namespace, name)}/log`, query }, signal);
    },
  };
}

function podWritesBy(ask: Ask): Pick<DoctorApi, "createPod" | "deletePod"> {
  return {
    createPod: async (namespace, pod, signal) => {
      const what = `create pods in namespace ${namespace}`;
      await ask({ method: HttpMethod.POST, what, path: podsPath(namespace), body: pod }, signal);
    },
    deletePod: async (namespace, name, signal) => {
      const what = `delete pods/${name} in namespace ${namespace}`;
      const body = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 };
      try {
        await ask({ method: HttpMethod.DELETE, what, path: podPath(namespace, name), body }, signal);
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 404) throw error;
      }
    },
  };
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

function podPath(namespace: string, name: string): string {
  return `${podsPath(namespace)}/${encodeURIComponent(name)}`;
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

function isReady({ type, status }: Condition): boolean {
  return type === "Ready" && status === "True";
}

function itemsIn<Item>(text: string): readonly Item[] {
  return objectIn<{ items?: readonly Item[] }>(text).items ?? [];
}

function objectIn<Shape>(text: string): Shape {
  try {
    return JSON.parse(text) as Shape;
  } catch (error) {
    // A proxy's page: not the API server's word.
    throw new KubeError("the API server's answer is no JSON", undefined, { cause: error });
  }
}
