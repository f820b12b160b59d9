import { type Cluster, up } from "../cluster/cluster.ts";
import { agentRepository, ensureAgentImage } from "../image/ensure-agent-image.ts";

/** Brings the scenes' cluster `name` up, with the agent's image in its registry under the chart's default name. */
export async function prepareStories(
  name: string,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Cluster> {
  const cluster = await up({ name, nodes: 2, log });
  signal.throwIfAborted();
  await ensureAgentImage(`${cluster.registry}/${agentRepository}`, log);
  signal.throwIfAborted();
  return cluster;
}
