import type { Container, DaemonSet, NewPod } from "../doctor-api.ts";

/** What the doctor's pod is made for. */
export interface PodPurpose {
  readonly name: string;
  readonly node: string;
  readonly timeoutMs: number;
}

/** The name of the container that works, in the chart's pod template. */
export const containerName = "prefetch";

/**
 * The pod that looks at the node as the DaemonSet's own would: the same image, arguments, volumes and rights, with `inspect` in the
 * place of `prefetch`. Undefined where the DaemonSet has no container `prefetch` that can be had this way.
 */
export function podFrom(daemonSet: DaemonSet, { name, node, timeoutMs }: PodPurpose): NewPod | undefined {
  const { metadata, spec } = daemonSet.spec.template;
  const container = [...(spec.initContainers ?? []), ...spec.containers].find(isWorker);
  if (container?.args?.[0] !== "prefetch") return undefined;
  const { initContainers: _, nodeSelector: _1, affinity: _2, ...same } = spec as PodSpecOfTemplate;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: labelsFrom(daemonSet), annotations: metadata?.annotations ?? {} },
    spec: {
      ...same,
      containers: [{ ...container, args: ["inspect", ...container.args.slice(1)] }],
      // No scheduler: the node is named. Taints that keep the DaemonSet away must not keep the doctor away too.
      nodeName: node,
      tolerations: [{ operator: "Exists" }],
      restartPolicy: "Never",
      // Ends the pod where nobody is left to delete it.
      activeDeadlineSeconds: Math.ceil(timeoutMs / 1000),
    },
  };
}

type PodSpecOfTemplate = DaemonSet["spec"]["template"]["spec"] & {
  readonly nodeSelector?: unknown;
  readonly affinity?: unknown;
};

function isWorker({ name }: Container): boolean {
  return name === containerName;
}

/** The template's labels without those that the DaemonSet selects by: it would take the pod for one of its own, and delete it. */
function labelsFrom({ spec }: DaemonSet): Readonly<Record<string, string>> {
  const selected = new Set(Object.keys(spec.selector.matchLabels ?? {}));
  const others = Object.entries(spec.template.metadata?.labels ?? {}).filter(
    ([label]) => !selected.has(label),
  );
  return { ...Object.fromEntries(others), "app.kubernetes.io/name": "prefetcher-doctor" };
}
