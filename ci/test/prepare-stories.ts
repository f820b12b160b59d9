import { type Cluster, up } from "../cluster/cluster.ts";
import { agentRepository, ensureAgentImage } from "../image/ensure-agent-image.ts";
import { ensureOlderImage } from "../older-release/older-release.ts";

/**
 * Brings the scenes' cluster `name` up, with the agent's image in its registry under the chart's default name, and builds the older release's
 * image, which may take two minutes the first time.
 */
export async function prepareStories(
  name: string,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Cluster> {
  const cluster = await up({ name, nodes: 2, log });
  signal.throwIfAborted();
  await ensureAgentImage(`${cluster.registry}/${agentRepository}`, log);
  signal.throwIfAborted();
  await ensureOlderImage();
  signal.throwIfAborted();
  return cluster;
}
