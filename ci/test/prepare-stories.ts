import { type Cluster, up } from "../cluster/cluster.ts";
import { agentRepository, ensureAgentImage } from "../image/ensure-agent-image.ts";
import { storyClusters } from "./story-clusters.ts";

/** Brings the scenes' cluster up, with the agent's image in its registry under the chart's default name. */
export async function prepareStories(log: (line: string) => void, signal: AbortSignal): Promise<Cluster> {
  const cluster = await up({ name: storyClusters.scenes, nodes: 2, log });
  signal.throwIfAborted();
  await ensureAgentImage(`${cluster.registry}/${agentRepository}`, log);
  signal.throwIfAborted();
  return cluster;
}
