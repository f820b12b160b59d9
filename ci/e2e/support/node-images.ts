import { createImageService } from "../../../agent/cri/create-image-service.ts";
import { testCluster } from "./scene.ts";

/** Whether the node's own containerd holds the image, by its CRI's word. */
export async function isOnNode(node: string, imageReference: string): Promise<boolean> {
  return withImageService(node, async (service) => {
    const answer = await service.imageStatus(imageReference, AbortSignal.timeout(20_000));
    if (answer.kind === "failed") throw new Error(`${node} does not answer: ${answer.failure.message}`);
    return answer.kind === "present";
  });
}

/** Removes the image, and its blobs, from the node's containerd, as garbage collection would. */
export async function removeFromNode(node: string, imageReference: string): Promise<void> {
  await withImageService(node, (service) => service.removeImage(imageReference, AbortSignal.timeout(20_000)));
}

async function withImageService<T>(node: string, use: (service: Service) => Promise<T>): Promise<T> {
  const found = testCluster().nodes.find(({ name }) => name === node);
  if (found === undefined) throw new Error(`the test cluster has no node ${node}`);
  const service = createImageService(found.containerdSocket);
  try {
    return await use(service);
  } finally {
    service.close();
  }
}

type Service = ReturnType<typeof createImageService>;
