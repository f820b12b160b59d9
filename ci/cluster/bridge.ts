import { existsSync } from "node:fs";
import { runCommand } from "../run-command.ts";
import type { ClusterPlan } from "./plan.ts";

/** Makes the bridge that joins the cluster's nodes and the host, unless it is there. */
export async function makeBridge(cluster: ClusterPlan): Promise<void> {
  const { bridge, gateway } = cluster;
  if (!linkExists(bridge)) await runCommand("ip", ["link", "add", bridge, "type", "bridge"]);
  await runCommand("ip", ["address", "replace", `${gateway}/24`, "dev", bridge]);
  await runCommand("ip", ["link", "set", bridge, "up"]);
}

/** Removes the bridge, and with it its routes. */
export async function removeBridge(cluster: ClusterPlan): Promise<void> {
  if (linkExists(cluster.bridge)) await runCommand("ip", ["link", "delete", cluster.bridge]);
}

/** Whether the host has a link of that name. */
export function linkExists(name: string): boolean {
  return existsSync(`/sys/class/net/${name}`);
}
