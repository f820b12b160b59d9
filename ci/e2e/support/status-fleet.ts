import { annotationFromRecord, keyOf, type NodeRecord } from "../../../agent/node-record.ts";
import type { FleetObjects } from "./fleet-objects.ts";
import { nodeObject } from "./status-fleet-node.ts";

/** The one release that the fleet has. */
export const fleetRelease = {
  namespace: "fleet",
  release: "images",
  revision: "1-0123456789ab",
  formerRevision: "1-ba9876543210",
} as const;

const { namespace, release, revision, formerRevision } = fleetRelease;
const owner = `${namespace}/${release}`;
const instance = "fleet";
const key = keyOf(instance);
const name = `${release}-prefetcher`;
const podLabels = { "app.kubernetes.io/name": "prefetcher", "app.kubernetes.io/instance": release };

/** What a node says of the list; `none` is a node that is still at work. */
export type FleetNodeSays = "succeeded" | "failed" | "outdated" | "none";

/** What the node of that number says at first: in each hundred two that failed, two with a former list, and two that are at work. */
export function firstSaying(number: number): FleetNodeSays {
  const says = ["failed", "failed", "outdated", "outdated", "none", "none"] as const;
  return says[number % 100] ?? "succeeded";
}

/** Of each hundred two are not Ready: one that failed, and one that succeeded. */
export function isReady(number: number): boolean {
  return number % 100 !== 1 && number % 100 !== 99;
}

export function nameOf(number: number): string {
  return `node-${String(number).padStart(5, "0")}`;
}

/** Makes the release's DaemonSet, whose status says that it has a pod on each of so many nodes. No controller may run. */
export async function createFleetRelease(objects: FleetObjects, nodeCount: number): Promise<void> {
  const inNamespace = `namespaces/${namespace}`;
  await objects.tell("POST", `/api/v1/${inNamespace}/serviceaccounts`, { metadata: { name } });
  const path = `/apis/apps/v1/${inNamespace}/daemonsets`;
  const template = { metadata: { labels: podLabels }, spec: podSpec };
  const spec = { selector: { matchLabels: podLabels }, template };
  await objects.tell("POST", path, { metadata: { name, labels: podLabels }, spec });
  const status = {
    observedGeneration: 1,
    desiredNumberScheduled: nodeCount,
    currentNumberScheduled: nodeCount,
    updatedNumberScheduled: nodeCount,
    numberMisscheduled: 0,
    numberReady: nodeCount,
  };
  await objects.tell("PATCH", `${path}/${name}/status`, { status });
}

/** Makes the node of that number, of 20 kB, as its kubelet and the agent on it would leave it. */
export async function createFleetNode(objects: FleetObjects, number: number): Promise<void> {
  const node = nodeObject(nameOf(number), isReady(number), marksOf(firstSaying(number)));
  await objects.tell("POST", "/api/v1/nodes", node);
}

/** Makes the release's pod on the node of that number. */
export async function createFleetPod(objects: FleetObjects, number: number): Promise<void> {
  const metadata = { name: `${name}-${nameOf(number)}`, labels: podLabels };
  const spec = { ...podSpec, nodeName: nameOf(number) };
  await objects.tell("POST", `/api/v1/namespaces/${namespace}/pods`, { metadata, spec });
}

/** Has the node of that number say something else, as the agent on it would. */
export async function setSaying(objects: FleetObjects, number: number, says: FleetNodeSays): Promise<void> {
  await objects.tell("PATCH", `/api/v1/nodes/${nameOf(number)}`, { metadata: marksOf(says) });
}

function marksOf(says: FleetNodeSays): {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string>>;
} {
  const label = says === "none" ? null : says === "failed" ? "failed" : "succeeded";
  return { labels: { [key]: label }, annotations: { [key]: annotationFromRecord(recordOf(says)) } };
}

function recordOf(says: FleetNodeSays): NodeRecord {
  const failed = [{ image: "registry.example.com/shop/web:1.4.2", reason: "not_found" as const }];
  const about = { v: 1, revision, owner, entries: 20, skipped: 0, failed: [] } as const;
  const finishedAt = "2026-01-02T03:04:05Z";
  switch (says) {
    case "succeeded":
      return { ...about, verdict: "succeeded", present: 20, finishedAt };
    case "outdated":
      return { ...about, revision: formerRevision, verdict: "succeeded", present: 20, finishedAt };
    case "failed":
      return { ...about, verdict: "failed", present: 19, finishedAt, failed };
    case "none":
      return { ...about, verdict: "none", present: 7 };
  }
}

const podSpec = {
  serviceAccountName: name,
  automountServiceAccountToken: false,
  initContainers: [
    {
      name: "prefetch",
      image: "ghcr.io/stackrox/prefetcher:0.1.0",
      args: [
        "prefetch",
        `--instance=${instance}`,
        `--owner=${owner}`,
        `--revision=${revision}`,
        ...Array.from({ length: 20 }, (_, index) => `--image=registry.example.com/shop/part-${index}:1.4.2`),
      ],
      volumeMounts: [{ name: "runtime", mountPath: "/run/containerd", readOnly: true }],
    },
  ],
  containers: [{ name: "pause", image: "ghcr.io/stackrox/prefetcher:0.1.0" }],
  volumes: [{ name: "runtime", hostPath: { path: "/run/containerd", type: "Directory" } }],
};
