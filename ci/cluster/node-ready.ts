import { apiRequest } from "./api-request.ts";
import { fileTail } from "./file-tail.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import { waitUntil } from "./wait-until.ts";

/** The part of a Node object that says whether the node is ready. */
interface NodeStatus {
  readonly status?: {
    readonly conditions?: readonly { type: string; status: string; lastHeartbeatTime?: string }[];
  };
}

/**
 * Returns once the node said that it is Ready after `since`: the object of a node that was started again still says so
 * from before. Throws with the end of kubelet's log after 60 s.
 */
export async function nodeReady(cluster: ClusterPlan, node: NodePlan, since: Date): Promise<void> {
  try {
    await waitUntil(`${node.name} Ready`, 60_000, async () => {
      const answer = await apiRequest(cluster, "GET", `/api/v1/nodes/${node.name}`);
      return isReadySince(answer.body as NodeStatus, since);
    });
  } catch (cause) {
    const { kubelet } = node.logFiles;
    throw new Error(`${node.name} does not become Ready; the end of ${kubelet}:\n${fileTail(kubelet)}`, {
      cause,
    });
  }
}

/** Whether the Node object says Ready in a heartbeat that cannot be older than `since`. */
export function isReadySince(node: NodeStatus, since: Date): boolean {
  const ready = node.status?.conditions?.find((condition) => condition.type === "Ready");
  // Heartbeats have whole seconds, cut off: one of the very second of `since` may be older than it.
  const earliest = Math.ceil(since.getTime() / 1000) * 1000;
  return ready?.status === "True" && Date.parse(ready.lastHeartbeatTime ?? "") >= earliest;
}
