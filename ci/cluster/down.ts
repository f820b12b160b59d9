import { linkExists, removeBridge } from "./bridge.ts";
import { killCgroup, removeCgroup } from "./cgroup.ts";
import { withFileLock } from "./file-lock.ts";
import { closeFirewall } from "./firewall.ts";
import { clusterLock } from "./folders.ts";
import { restoreHost } from "./host-settings.ts";
import type { Log } from "./log.ts";
import { diskReleased } from "./node-disk.ts";
import { disconnectNode } from "./node-network.ts";
import { readNodes } from "./node-record.ts";
import { type ClusterPlan, clusterPlan } from "./plan.ts";
import { removeTree } from "./remove-tree.ts";
import { releaseSlot, slotOf } from "./slots.ts";

/** What `down` could not remove; its message has a line for each. */
export class LeftBehind extends Error {
  constructor(failures: readonly string[]) {
    super(`this could not be removed:${failures.map((failure) => `\n  ${failure}`).join("")}`);
    this.name = "LeftBehind";
  }
}

/**
 * Removes everything of the cluster: processes, links, rules, cgroups, mounts and files, also after an `up` that was
 * killed half-way. A cluster that is not up is fine. Goes on past what cannot be removed, then throws LeftBehind.
 */
export async function down({ name, log = () => {} }: { name: string; log?: Log }): Promise<void> {
  const startedMs = performance.now();
  clusterPlan(name, 1);
  await withFileLock(
    clusterLock(name),
    async () => {
      const slot = slotOf(name);
      if (slot === undefined) {
        log(`cluster ${name} is not up`);
        return;
      }
      await removeAll(clusterPlan(name, slot));
      log(`cluster ${name} is down after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    },
    log,
  );
}

async function removeAll(cluster: ClusterPlan): Promise<void> {
  const failures: string[] = [];
  const step = async (what: string, action: () => Promise<void> | void) => {
    try {
      await action();
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  await step("processes", () => killCgroup(cluster.cgroup));
  await step("disks of nodes", () => diskReleased(cluster.folder));
  for (const node of readNodes(cluster))
    await step(`network of ${node.name}`, () => disconnectNode(cluster, node));
  await step(`bridge ${cluster.bridge}`, () => removeBridge(cluster));
  await step("iptables rules", () => closeFirewall(cluster));
  await step(`cgroup ${cluster.cgroup}`, () => removeCgroup(cluster.cgroup));
  await step(`folder ${cluster.folder}`, () => removeTree(cluster.folder));
  if (linkExists(cluster.bridge)) failures.push(`link ${cluster.bridge} is still there`);
  // The slot stays taken while something of it is there, so that no other cluster meets it and `down` can be repeated.
  if (failures.length > 0) throw new LeftBehind(failures);
  await step("settings of the host", () => releaseSlot(cluster.name, async () => restoreHost()));
  if (failures.length > 0) throw new LeftBehind(failures);
}
