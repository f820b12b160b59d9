import { apiRequest } from "../../cluster/api-request.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { type KubernetesObject, type Scene, testCluster } from "./scene.ts";

/** The release's pods that are not being deleted. */
export async function agentPods(scene: Scene, release: string): Promise<readonly KubernetesObject[]> {
  // The labels that the chart gives to a release's pods.
  const selector = `app.kubernetes.io/name=prefetcher,app.kubernetes.io/instance=${release}`;
  // Asked many times while a story waits: a process for each would cost what the pods need.
  const path = `/api/v1/namespaces/${scene.name}/pods?labelSelector=${encodeURIComponent(selector)}`;
  const { status, body } = await apiRequest(testCluster(), "GET", path);
  if (status !== 200) throw new Error(`the API server answers ${status} for the pods of ${release}`);
  const { items } = body as { items: readonly KubernetesObject[] };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** The release's one pod, on a scene with one node. Throws while there is none, or more than one. */
export async function agentPod(scene: Scene, release: string): Promise<KubernetesObject> {
  const pods = await agentPods(scene, release);
  const [pod] = pods;
  if (pod === undefined || pods.length > 1) throw new Error(`${release} has ${pods.length} pods`);
  return pod;
}

/** Deletes the release's one pod and waits until the pod that takes its place has pulled and is Ready. */
export async function renewPod(scene: Scene, release: string): Promise<void> {
  const old = await agentPod(scene, release);
  await scene.kubectl("delete", "pod", old.metadata.name, "--wait=false");
  await waitUntil(`${release} has a new pod that is Ready`, 60_000, async () => {
    const { metadata, status } = await agentPod(scene, release);
    const conditions: { type: string; status: string }[] = status.conditions ?? [];
    const isReady = conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
    return metadata.uid !== old.metadata.uid && isReady;
  });
}
