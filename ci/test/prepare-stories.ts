import { type Cluster, up } from "../cluster/cluster.ts";
import { agentRepository, ensureAgentImage } from "../image/ensure-agent-image.ts";

/** The cluster that the stories have for themselves. */
export const storyCluster = "test";

/** Brings the stories' cluster up, with the agent's image in its registry under the chart's default name. */
export async function prepareStories(log: (line: string) => void, signal: AbortSignal): Promise<Cluster> {
  const cluster = await up({ name: storyCluster, nodes: 2, log });
  signal.throwIfAborted();
  await ensureAgentImage(`${cluster.registry}/${agentRepository}`, log);
  return cluster;
}
