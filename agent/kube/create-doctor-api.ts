import { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";
import type { Clock } from "../clock.ts";
import type { DaemonSet, DoctorApi, PodEvent, PodStatus } from "../doctor-api.ts";
import { KubeError } from "../kube-error.ts";
import { type Ask, createAsk, objectIn, selectorFrom } from "./ask.ts";
import { hasCondition, type NodeConditions } from "./node-conditions.ts";
import { type KubeConfigChoice, loadUserKubeConfig } from "./user-kube-config.ts";

// The log of one document; a list of thousands of images makes a few MiB.
const maxLogBytes = 16 * 1024 * 1024;

/** The API server of the kubeconfig. Throws as `loadUserKubeConfig` does. */
export function createDoctorApi(clock: Clock, choice: KubeConfigChoice = {}): DoctorApi {
  const { kubeConfig, context } = loadUserKubeConfig(choice);
  const ask = createAsk({ kubeConfig, clock });
  return {
    namespace: context.namespace ?? "default",
    ...readsBy(ask),
    ...podReadsBy(ask),
    ...podWritesBy(ask),
  };
}

function readsBy(ask: Ask): Pick<DoctorApi, "daemonSets" | "node" | "podsOnNode"> {
  return {
    daemonSets: async (namespace, signal) => {
      const what = `list daemonsets.apps in namespace ${namespace}`;
      const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets`;
      const query = { labelSelector: "app.kubernetes.io/part-of=image-prefetcher" };
      return itemsIn<DaemonSet>(await ask({ what, path, query }, signal));
    },
    node: async (name, signal) => {
      const path = `/api/v1/nodes/${encodeURIComponent(name)}`;
      const text = await ask({ what: `get nodes/${name}`, path }, signal);
      const { status } = objectIn<{ status?: NodeConditions }>(text);
      return { isReady: hasCondition(status, "Ready") };
    },
    podsOnNode: async (namespace, labels, node, signal) => {
      const query = { labelSelector: selectorFrom(labels), fieldSelector: `spec.nodeName=${node}` };
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

function itemsIn<Item>(text: string): readonly Item[] {
  return objectIn<{ items?: readonly Item[] }>(text).items ?? [];
}
