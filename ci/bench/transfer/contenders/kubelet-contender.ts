import { readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pauseImage } from "../../../cluster/pause-image.ts";
import { waitUntil } from "../../../cluster/wait-until.ts";
import { type FleetObjects, openFleetObjects } from "../../../e2e/support/fleet-objects.ts";
import { firstPullAtMs } from "../first-pull.ts";
import type { Contender } from "../transfer-types.ts";
import type { ContenderWorld } from "./contender-world.ts";
import { pullerDaemonSet, pullerName, pullerSelector } from "./puller-daemon-set.ts";
import { type PullerPod, type PullerState, pullerState } from "./puller-state.ts";
import { removeContainersOf } from "./remove-containers.ts";

// Ten times what it takes in the longest scenario.
const longestMs = 10 * 60_000;
const noPodYet: PullerState = { kind: "pulling", message: "it has no pod" };

const daemonSets = "/apis/apps/v1/namespaces/default/daemonsets";
const pods = `/api/v1/namespaces/default/pods?labelSelector=${encodeURIComponent(pullerSelector)}`;

/**
 * The kubelet itself, by a DaemonSet with an init container for each image, as JupyterHub's puller has it. Its clock starts when the
 * runtime notes the first PullImage call for one of the images: what the cluster takes before, to make and place a pod, is not the
 * kubelet's. Where all images are there it makes none, and the clock starts when the DaemonSet is asked for. A run returns when the pod is gone,
 * and its containers with it.
 */
export function kubeletContender(name: string, { cluster, node }: ContenderWorld): Contender {
  return {
    name,
    about:
      "the kubelet itself: a DaemonSet with an init container for each image, as JupyterHub's puller has it; its clock starts with its first PullImage call",
    run: async ({ images, signal }) => {
      signal.throwIfAborted();
      using objects = openFleetObjects(cluster);
      const references = images.map(({ reference }) => reference);
      const plan = { node: node.name, images: references, pause: pauseImage(cluster) };
      const logFile = node.logFiles.containerd;
      const seenBytes = statSync(logFile).size;
      const askedAtMs = performance.now();
      try {
        await objects.tell("POST", daemonSets, pullerDaemonSet(plan));
        await untilPulled(objects, signal);
        const log = readFileSync(logFile).subarray(seenBytes).toString();
        const wallMs = firstPullAtMs(log, references);
        return { startedAtMs: wallMs === undefined ? askedAtMs : wallMs - (Date.now() - performance.now()) };
      } finally {
        const background = { propagationPolicy: "Background" };
        await objects.ask("DELETE", `${daemonSets}/${pullerName}`, background);
        // The kubelet may be in the middle of a pull; whoever ends the bench ends the cluster with it.
        if (!signal.aborted) {
          await untilGone(objects);
          await removeContainersOf(pullerName, cluster, node);
        }
      }
    },
  };
}

async function untilPulled(objects: FleetObjects, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + longestMs;
  for (;;) {
    signal.throwIfAborted();
    const [pod] = await pullerPods(objects);
    const state = pod === undefined ? noPodYet : pullerState(pod);
    if (state.kind === "pulled") return;
    if (state.kind === "failed") throw new Error(`the kubelet's puller failed: ${state.message}`);
    if (performance.now() > endMs) {
      throw new Error(
        `the kubelet's puller has not ended in ${longestMs / 60_000} minutes: ${state.message}`,
      );
    }
    // When the images were there is the runtime's to say, so that a later look is in no figure.
    await sleep(250);
  }
}

async function untilGone(objects: FleetObjects): Promise<void> {
  await waitUntil(
    "the kubelet's puller is gone",
    60_000,
    async () => (await pullerPods(objects)).length === 0,
  );
}

async function pullerPods(objects: FleetObjects): Promise<readonly PullerPod[]> {
  return ((await objects.ask("GET", pods)) as { items: readonly PullerPod[] }).items;
}
