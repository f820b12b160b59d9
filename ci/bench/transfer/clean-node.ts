import { join } from "node:path";
import { createImageService } from "../../../agent/cri/create-image-service.ts";
import type { Cluster, ClusterNode } from "../../cluster/cluster.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import { runCommand } from "../../run-command.ts";
import type { StoredBenchImage } from "./bench-image.ts";
import { chainIds } from "./chain-ids.ts";

// The kubelet removes what is left of a pod that had ended before it was deleted once a minute.
const longestMs = 90_000;
const everyMs = 250;

/**
 * Removes the images by these references; returns when neither their blobs, whole or begun, nor their unpacked layers are left. Throws
 * what is left after 90 s, which a container may use.
 */
export async function cleanNode(
  cluster: Cluster,
  node: ClusterNode,
  images: readonly { readonly reference: string; readonly stored: StoredBenchImage }[],
): Promise<void> {
  const ctr = async (...args: readonly string[]) => {
    const to = ["--address", node.containerdSocket, "--namespace", "k8s.io"];
    return (await runCommand(join(cluster.binDir, "ctr"), [...to, ...args])).stdout;
  };
  await removeImages(
    node,
    images.map(({ reference }) => reference),
  );
  const theirs = images.flatMap(({ stored }) => digestsOf(stored));
  let left: readonly string[] = [];
  const isClean = async () => {
    left = await namesOf(ctr, theirs);
    // Of a pull that was broken off there is no image whose removal collects the garbage at once; that of a lease does.
    if (left.length > 0) await ctr("leases", "delete", "--sync", (await ctr("leases", "create")).trim());
    return left.length === 0;
  };
  await waitUntil("a node without the images", longestMs, isClean, everyMs).catch((cause: Error) => {
    throw new Error(`${cause.message}; of them there is ${left.join(", ")}`, { cause });
  });
}

async function removeImages(node: ClusterNode, references: readonly string[]): Promise<void> {
  const service = createImageService(node.containerdSocket);
  const signal = AbortSignal.timeout(longestMs);
  try {
    await Promise.all(references.map((reference) => service.removeImage(reference, signal)));
  } finally {
    service.close();
  }
}

function digestsOf({ digest, blobs, diffIds }: StoredBenchImage): readonly string[] {
  return [digest, ...blobs.map((blob) => blob.digest), ...chainIds(diffIds)];
}

/** Those of the digests that the node's containerd says anything of. */
async function namesOf(
  ctr: (...args: readonly string[]) => Promise<string>,
  digests: readonly string[],
): Promise<readonly string[]> {
  const lists = [
    ["content", "ls", "-q"],
    ["content", "active"],
    ["snapshots", "ls"],
  ] as const;
  const texts = await Promise.all(lists.map((list) => ctr(...list)));
  const said = new Set(texts.join("\n").match(/sha256:[0-9a-f]{64}/g));
  return [...new Set(digests)].filter((digest) => said.has(digest));
}
