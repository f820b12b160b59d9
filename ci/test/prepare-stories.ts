import { ensureBrowser } from "../browser/ensure-browser.ts";
import { type Cluster, ensureParts, installClusterParts, up } from "../cluster/cluster.ts";
import { buildImage } from "../image/build-image.ts";
import { agentRepository, ensureAgentImage } from "../image/ensure-agent-image.ts";
import { ensureImagePrograms } from "../image/ensure-image-programs.ts";
import { hostPlatform } from "../image/platform.ts";
import { ensureOlderImage } from "../older-release/older-release.ts";

type Log = (line: string) => void;

/**
 * Builds and installs what tests would else build within their own time: a cluster's parts, which take twenty minutes with empty caches,
 * kube-state-metrics, the agent's image and the older release's, and the browser that shows the status page. Brings nothing up.
 */
export async function buildAhead(log: Log, signal: AbortSignal): Promise<void> {
  const platforms = [hostPlatform()];
  for (const step of [
    () => installClusterParts(log),
    () => ensureImagePrograms(platforms, log),
    () => buildImage(platforms, log),
    () => ensureOlderImage(),
    () => ensureParts(["kube-state-metrics"], log),
    // Not by the first story that needs it: others install packages as well.
    () => ensureBrowser(log),
  ]) {
    await step();
    signal.throwIfAborted();
  }
}

/** Brings the scenes' cluster `name` up, with the agent's image in its registry under the chart's default name. */
export async function prepareStories(name: string, log: Log, signal: AbortSignal): Promise<Cluster> {
  const cluster = await up({ name, nodes: 2, log });
  signal.throwIfAborted();
  await ensureAgentImage(`${cluster.registry}/${agentRepository}`, log);
  signal.throwIfAborted();
  return cluster;
}
