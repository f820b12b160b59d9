import { join } from "node:path";
import type { Cluster, ClusterNode } from "../../../cluster/cluster.ts";
import { waitUntil } from "../../../cluster/wait-until.ts";
import { runCommand } from "../../../run-command.ts";

const longestMs = 20_000;

/**
 * Removes the ended containers, and their files, of the node's pods whose names begin with that. The kubelet would do it by itself, but
 * looks once a minute for those of a pod that had ended before it was deleted. Throws where one of them still runs after 20 s.
 */
export async function removeContainersOf(
  podName: string,
  { binDir }: Pick<Cluster, "binDir">,
  { containerdSocket }: Pick<ClusterNode, "containerdSocket">,
): Promise<void> {
  const ctr = async (...args: readonly string[]) => {
    const to = ["--address", containerdSocket, "--namespace", "k8s.io"];
    return (await runCommand(join(binDir, "ctr"), [...to, "containers", ...args])).stdout;
  };
  // The sandbox stays for the kubelet: it is made of none of the images.
  const ofThem = `labels."io.kubernetes.pod.name"~="^${podName}-",labels."io.cri-containerd.kind"==container`;
  const removed = async () => {
    const left = (await ctr("ls", "--quiet", ofThem)).split("\n").filter(Boolean);
    // It fails where the kubelet, which at times does look, is about it too: who is still there is asked again.
    if (left.length > 0) await ctr("rm", ...left);
    return left.length === 0;
  };
  await waitUntil(`no container of ${podName}`, longestMs, removed);
}
