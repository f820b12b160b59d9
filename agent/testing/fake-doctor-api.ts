import type { DaemonSet, DoctorApi, NewPod, PodEvent, PodStatus } from "../doctor-api.ts";
import { KubeError } from "../kube-error.ts";
import { createScriptedKubeCalls, type KubeStep } from "./scripted-kube-calls.ts";

/** A cluster in memory with one node, `node-1`, and the DaemonSets given. A pod succeeds at once unless scripted otherwise. */
export interface FakeDoctorApi extends DoctorApi {
  readonly daemonSetsThere: DaemonSet[];
  /** The pods that are there, by name. */
  readonly pods: Map<string, NewPod>;
  /** `method namespace/name` of each call, in order; without a name for lists. */
  readonly calls: readonly string[];
  /** The pods that were created, in order. */
  readonly created: readonly NewPod[];
  on(method: keyof DoctorApi, ...steps: readonly KubeStep[]): void;
  /** Makes every call of `method` come to `step`. */
  always(method: keyof DoctorApi, step: KubeStep): void;
}

/** `log` is what the doctor's pod writes. */
export function createFakeDoctorApi(log: string, ...daemonSetsThere: DaemonSet[]): FakeDoctorApi {
  const { calls, on, always, answerTo } = createScriptedKubeCalls<keyof DoctorApi>();
  const created: NewPod[] = [];
  const pods = new Map<string, NewPod>();

  return {
    daemonSetsThere,
    pods,
    calls,
    created,
    on,
    always,
    namespace: "context",
    daemonSets: (namespace, signal) => answerTo("daemonSets", namespace, signal, () => daemonSetsThere),
    node: (name, signal) =>
      answerTo("node", name, signal, () => {
        if (name !== "node-1") throw new KubeError(`no node ${name}`, 404);
        return { isReady: true };
      }),
    podsOnNode: (namespace, labels, node, signal) =>
      answerTo("podsOnNode", `${namespace} ${JSON.stringify(labels)} ${node}`, signal, () => 1),
    createPod: (namespace, pod, signal) =>
      answerTo("createPod", namespace, signal, () => {
        created.push(pod);
        pods.set(pod.metadata.name, pod);
      }),
    podStatus: (namespace, name, signal) =>
      answerTo("podStatus", `${namespace}/${name}`, signal, (): PodStatus => ({ phase: "Succeeded" })),
    podEvents: (namespace, name, signal) =>
      answerTo("podEvents", `${namespace}/${name}`, signal, (): readonly PodEvent[] => []),
    podLog: (namespace, name, signal) => answerTo("podLog", `${namespace}/${name}`, signal, () => log),
    deletePod: (namespace, name, signal) =>
      answerTo("deletePod", `${namespace}/${name}`, signal, () => {
        pods.delete(name);
      }),
  };
}

/** A DaemonSet as the chart renders it, as far as the doctor looks. */
export function daemonSetOf(release: string, spec: object = {}): DaemonSet {
  const labels = { "app.kubernetes.io/name": "prefetcher", "app.kubernetes.io/instance": release };
  const podSpec = {
    serviceAccountName: `${release}-prefetcher`,
    securityContext: { runAsUser: 65532 },
    imagePullSecrets: [{ name: "agent" }],
    nodeSelector: { "kubernetes.io/os": "linux" },
    affinity: { nodeAffinity: {} },
    tolerations: [{ key: "dedicated" }],
    initContainers: [
      {
        name: "prefetch",
        image: "example.com/prefetcher:1",
        args: ["prefetch", "--instance=my-images", "--image=prefetch"],
        volumeMounts: [{ name: "runtime", mountPath: "/run/containerd" }],
      },
    ],
    containers: [{ name: "pause", image: "example.com/prefetcher:1", command: ["/pause"] }],
    volumes: [{ name: "runtime", hostPath: { path: "/run/containerd", type: "Directory" } }],
    ...spec,
  };
  return {
    metadata: { name: `${release}-prefetcher`, namespace: "context", labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, team: "a" }, annotations: { "sidecar.istio.io/inject": "false" } },
        spec: podSpec,
      },
    },
  };
}
