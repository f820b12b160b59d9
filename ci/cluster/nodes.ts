import { apiRequest } from "./api-request.ts";
import { checkDisk, checkLoopDevices, wipeContainerd } from "./node-disk.ts";
import { writeNodeFiles } from "./node-files.ts";
import { initPid, killNode, launchNode } from "./node-process.ts";
import { nodeReady } from "./node-ready.ts";
import { type NodeOptions, type RecordedNode, readNode, recordNode } from "./node-record.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import { removeTree } from "./remove-tree.ts";
import { parseTaint } from "./taint.ts";

/** Adds a node and returns once it is Ready. */
export async function addNode(
  cluster: ClusterPlan,
  name: string,
  options: NodeOptions = {},
): Promise<RecordedNode> {
  // Before the node has a number: a mistake must leave nothing.
  for (const taint of options.taints ?? []) parseTaint(taint);
  checkDisk(options);
  checkLoopDevices(options);
  const node = await recordNode(cluster, name, options);
  await startNode(cluster, name);
  return node;
}

/** Ends the node and removes its disk state, its Node object and the pods that were on it. */
export async function removeNode(cluster: ClusterPlan, name: string): Promise<void> {
  const node = readNode(cluster, name);
  await killNode(cluster, node);
  await apiRequest(cluster, "DELETE", `/api/v1/nodes/${name}`);
  await deletePodsOf(cluster, node);
  await removeTree(node.dataDir);
}

/** Ends every process of the node at once. Its disk state and its Node object stay. */
export async function stopNode(cluster: ClusterPlan, name: string): Promise<void> {
  await killNode(cluster, readNode(cluster, name));
}

/** Starts a node with the disk state that it has, and returns once it is Ready. Does nothing if it runs. */
export async function startNode(cluster: ClusterPlan, name: string): Promise<void> {
  const node = readNode(cluster, name);
  if (initPid(node) !== undefined) return;
  // What a start that was cut short left behind.
  await killNode(cluster, node);
  await writeNodeFiles(cluster, node);
  const since = new Date();
  await launchNode(cluster, node);
  await nodeReady(cluster, node, since);
}

/** Empties the containerd of a stopped node: no image and no container is left. Throws if the node runs. */
export async function wipeImages(cluster: ClusterPlan, name: string): Promise<void> {
  const node = readNode(cluster, name);
  if (initPid(node) !== undefined) throw new Error(`${name} runs: stop it before its images are wiped`);
  await wipeContainerd(node);
}

/** Nobody but the node's kubelet, which is gone, would ever say that they ended. */
async function deletePodsOf(cluster: ClusterPlan, node: NodePlan): Promise<void> {
  const { body } = await apiRequest(
    cluster,
    "GET",
    `/api/v1/pods?fieldSelector=spec.nodeName%3D${node.name}`,
  );
  const pods = (body as { items?: { metadata: { namespace: string; name: string } }[] }).items ?? [];
  for (const { metadata } of pods) {
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
    await apiRequest(cluster, "DELETE", path, { gracePeriodSeconds: 0 });
  }
}
