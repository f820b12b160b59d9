import { waitUntil } from "../../cluster/wait-until.ts";
import { agentPod } from "./agent-pod.ts";
import type { KubernetesObject, Scene } from "./scene.ts";

/** How the container that pulls ended. */
export interface PrefetchEnd {
  readonly exitCode: number;
  /** The termination message, as `kubectl describe pod` shows it. */
  readonly message: string;
}

/** Waits up to 60 s until the container that pulls has ended in the release's one pod; in a crash loop, its last end. */
export async function untilPrefetchEnded(scene: Scene, release: string): Promise<PrefetchEnd> {
  let end: PrefetchEnd | undefined;
  await waitUntil(`${release} has ended`, 60_000, async () => {
    end = endIn(await agentPod(scene, release));
    return end !== undefined;
  });
  if (end === undefined) throw new Error("waitUntil returned too early");
  return end;
}

function endIn(pod: KubernetesObject): PrefetchEnd | undefined {
  const [container] = pod.status.initContainerStatuses ?? [];
  // In a crash loop it waits or runs again, and how it ended stands in lastState.
  const ended = container?.state.terminated ?? container?.lastState.terminated;
  return ended === undefined ? undefined : { exitCode: ended.exitCode, message: ended.message ?? "" };
}
