import { waitUntil } from "../../cluster/wait-until.ts";
import { agentPods } from "./agent-pod.ts";
import type { Scene } from "./scene.ts";

/** One container of a pod as the kubelet last told it. */
export interface ContainerSeen {
  /** Undefined where none was made yet. A container that runs again has another one. */
  readonly id: string | undefined;
  readonly restartCount: number;
  /** Undefined while it runs or waits. */
  readonly exitCode: number | undefined;
  readonly isRunning: boolean;
  /** Why it is not there yet, such as ErrImagePull. */
  readonly waitingReason: string | undefined;
}

/** The pod of a release's DaemonSet on one node. */
export interface PodOnNode {
  readonly name: string;
  readonly uid: string;
  /** The init container, which works. */
  readonly prefetch: ContainerSeen;
  /** The main container, which only stays; in keep mode it looks again. */
  readonly main: ContainerSeen;
}

/** The release's pod on `node`, or undefined if it has none there. */
export async function podOnNode(scene: Scene, release: string, node: string): Promise<PodOnNode | undefined> {
  const pod = (await agentPods(scene, release)).find(({ spec }) => spec.nodeName === node);
  if (pod === undefined) return undefined;
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid,
    prefetch: containerFrom(initContainerStatuses[0]),
    main: containerFrom(containerStatuses[0]),
  };
}

/** Waits up to 60 s until the release's pod on `node` is as wanted, and returns it. */
export async function untilPodOnNode(
  scene: Scene,
  release: string,
  node: string,
  isWanted: (pod: PodOnNode) => boolean,
): Promise<PodOnNode> {
  let pod: PodOnNode | undefined;
  const isThere = async () => {
    pod = await podOnNode(scene, release, node);
    return pod !== undefined && isWanted(pod);
  };
  await waitUntil(`the pod of ${release} on ${node}`, 60_000, isThere, 200).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${JSON.stringify(pod)}`, { cause: error });
  });
  if (pod === undefined) throw new Error("waitUntil returned too early");
  return pod;
}

/** Waits until the same pod as `before` has worked once more and only stays again. */
export function untilRanAgain(
  scene: Scene,
  release: string,
  node: string,
  before: PodOnNode,
): Promise<PodOnNode> {
  return untilPodOnNode(scene, release, node, ({ uid, prefetch, main }) => {
    if (uid !== before.uid) throw new Error("the pod was replaced");
    return prefetch.id !== before.prefetch.id && prefetch.exitCode === 0 && main.isRunning;
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a ContainerStatus, of which a pod that is new has none.
function containerFrom(status: any): ContainerSeen {
  return {
    id: status?.containerID?.replace("containerd://", ""),
    restartCount: status?.restartCount ?? 0,
    exitCode: status?.state?.terminated?.exitCode,
    isRunning: status?.state?.running !== undefined,
    waitingReason: status?.state?.waiting?.reason,
  };
}
