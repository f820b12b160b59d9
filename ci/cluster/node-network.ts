import { runCommand } from "../run-command.ts";
import { linkExists } from "./bridge.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import { waitUntil } from "./wait-until.ts";

/** Gives the network namespace of process `pid` a cable to the bridge, the node's address and its routes. */
export async function connectNode(cluster: ClusterPlan, node: NodePlan, pid: number): Promise<void> {
  const inNode = (...args: string[]) => runCommand("nsenter", ["-t", String(pid), "-n", "ip", ...args]);
  const peer = ["type", "veth", "peer", "name", "eth0", "netns", String(pid)];
  await runCommand("ip", ["link", "add", node.vethName, ...peer]);
  await runCommand("ip", ["link", "set", node.vethName, "master", cluster.bridge, "up"]);
  await inNode("link", "set", "lo", "up");
  await inNode("address", "add", `${node.address}/24`, "dev", "eth0");
  await inNode("link", "set", "eth0", "up");
  await inNode("route", "add", "default", "via", cluster.gateway);
  await runCommand("ip", ["route", "replace", node.podNetwork, "via", node.address]);
}

/** Takes the node's cable and route away; returns when they are gone. */
export async function disconnectNode(cluster: ClusterPlan, node: NodePlan): Promise<void> {
  // The cable is gone with the namespace, but the kernel takes a moment to clear that away.
  if (linkExists(node.vethName)) await deleteUnlessGone(["link", "delete", node.vethName]);
  await waitUntil(`link ${node.vethName} gone`, 10_000, () => !linkExists(node.vethName), 25);
  if (linkExists(cluster.bridge)) await deleteUnlessGone(["route", "delete", node.podNetwork]);
}

async function deleteUnlessGone(args: readonly string[]): Promise<void> {
  try {
    await runCommand("ip", args);
  } catch {
    // It went by itself in between; what stays is found by the caller's own look.
  }
}
