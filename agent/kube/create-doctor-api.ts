import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { IsomorphicFetchHttpLibrary } from "@kubernetes/client-node/dist/gen/http/isomorphic-fetch.js";
import type { Clock } from "../clock.ts";
import { createDeadline, DeadlinePassed } from "../deadline.ts";
import { type DaemonSet, type DoctorApi, KubeError, type PodEvent, type PodStatus } from "../doctor-api.ts";
import { redact } from "../redact.ts";
import { messageFrom, unreachable } from "./answer-from-response.ts";

const requestTimeoutMs = 10_000;

// The log of one document; a list of thousands of images makes a few MiB.
const maxLogBytes = 16 * 1024 * 1024;

// As in create-node-api.ts: client-node's transport without its generated API.
const http = new IsomorphicFetchHttpLibrary();

interface Request {
  readonly method: HttpMethod;
  /** The verb and the resource for people, as RBAC calls them: `list daemonsets.apps in namespace default`. */
  readonly what: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** The API server of client-node's `loadFromDefault`: of KUBECONFIG, else of the home folder. Throws where the file cannot be used. */
export function createDoctorApi(clock: Clock): DoctorApi {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());

  async function send(request: Request, signal: AbortSignal): Promise<string> {
    using deadline = createDeadline(clock, requestTimeoutMs, signal);
    try {
      const response = await http.send(await contextOf(request, deadline.signal)).toPromise();
      const text = await response.body.text();
      const status = response.httpStatusCode;
      if (status >= 200 && status < 300) return text;
      throw new KubeError(`cannot ${request.what}: ${redact(messageFrom(text))} (HTTP ${status})`, status);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof KubeError) throw error;
      const isLate = deadline.signal.aborted && deadline.signal.reason instanceof DeadlinePassed;
      const why = isLate
        ? `the API server did not answer within ${requestTimeoutMs / 1000} s`
        : unreachable(error).message;
      throw new KubeError(`cannot ${request.what}: ${why}`, undefined);
    }
  }

  async function contextOf(request: Request, signal: AbortSignal): Promise<RequestContext> {
    const server = kubeConfig.getCurrentCluster()?.server ?? "";
    const query = request.query === undefined ? "" : `?${new URLSearchParams(request.query)}`;
    const context = new RequestContext(`${server.replace(/\/$/, "")}${request.path}${query}`, request.method);
    await kubeConfig.applySecurityAuthentication(context);
    // A log is plain text, and a refusal of it JSON.
    context.setHeaderParam("Accept", "application/json, */*");
    if (request.body !== undefined) {
      context.setHeaderParam("Content-Type", "application/json");
      context.setBody(JSON.stringify(request.body));
    }
    context.setSignal(signal);
    return context;
  }

  const get = (what: string, path: string, query: Request["query"], signal: AbortSignal) =>
    send({ method: HttpMethod.GET, what, path, ...(query === undefined ? {} : { query }) }, signal);
  const pods = (namespace: string) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const podPath = (namespace: string, name: string) => `${pods(namespace)}/${encodeURIComponent(name)}`;

  return {
    namespace: context?.namespace ?? "default",
    daemonSets: async (namespace, signal) => {
      const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`;
      const query = { labelSelector: "app.kubernetes.io/name=prefetcher" };
      const text = await get(`list daemonsets.apps in namespace ${namespace}`, path, query, signal);
      return itemsIn<DaemonSet>(text);
    },
    node: async (name, signal) => {
      const path = `/api/v1/nodes/${encodeURIComponent(name)}`;
      const text = await get(`get nodes/${name}`, path, undefined, signal);
      const { status } = objectIn<{ status?: { conditions?: readonly Condition[] } }>(text);
      return { isReady: status?.conditions?.some(isReady) ?? false };
    },
    podsOnNode: async (namespace, labels, node, signal) => {
      const labelSelector = Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(",");
      const query = { labelSelector, fieldSelector: `spec.nodeName=${node}` };
      const text = await get(`list pods in namespace ${namespace}`, pods(namespace), query, signal);
      return itemsIn(text).length;
    },
    createPod: async (namespace, pod, signal) => {
      const what = `create pods in namespace ${namespace}`;
      await send({ method: HttpMethod.POST, what, path: pods(namespace), body: pod }, signal);
    },
    podStatus: async (namespace, name, signal) => {
      const what = `get pods/${name} in namespace ${namespace}`;
      const text = await get(what, podPath(namespace, name), undefined, signal);
      return objectIn<{ status?: PodStatus }>(text).status ?? {};
    },
    podEvents: async (namespace, name, signal) => {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
      const query = { fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${name}` };
      return itemsIn<PodEvent>(await get(`list events in namespace ${namespace}`, path, query, signal));
    },
    podLog: (namespace, name, signal) => {
      const what = `get pods/log of ${name} in namespace ${namespace}`;
      const query = { container: "prefetch", limitBytes: String(maxLogBytes) };
      return get(what, `${podPath(namespace, name)}/log`, query, signal);
    },
    deletePod: async (namespace, name, signal) => {
      const what = `delete pods/${name} in namespace ${namespace}`;
      const body = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 };
      try {
        await send({ method: HttpMethod.DELETE, what, path: podPath(namespace, name), body }, signal);
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 404) throw error;
      }
    },
  };
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
