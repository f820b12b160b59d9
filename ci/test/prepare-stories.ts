import { ensureBrowser } from "../browser/ensure-browser.ts";
import { type Cluster, ensureParts, up } from "../cluster/cluster.ts";
import { agentRepository, ensureAgentImage } from "../image/ensure-agent-image.ts";
import { ensureOlderImage } from "../older-release/older-release.ts";

/**
 * Brings the scenes' cluster `name` up, with the agent's image in its registry under the chart's default name, builds the older release's
 * image and kube-state-metrics, which may take two and four minutes the first time, and installs the browser that shows the status page.
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
  await ensureParts(["kube-state-metrics"], log);
  signal.throwIfAborted();
  // Not by the first story that needs it: others install packages as well.
  await ensureBrowser(log);
  signal.throwIfAborted();
  return cluster;
}
