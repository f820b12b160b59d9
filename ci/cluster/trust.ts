import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withFileLock } from "./file-lock.ts";
import { hostsToml, isHostPort } from "./hosts-toml.ts";
import { mirroredRegistries } from "./mirrored-registries.ts";
import { type RecordedNode, readNodes } from "./node-record.ts";
import type { ClusterPlan } from "./plan.ts";
import { writeFileAtomically } from "./write-file.ts";

/**
 * Lets every node, also one added later, pull from the plain-http registry at HOST:PORT. containerd reads the file at
 * each pull, so nothing is restarted.
 */
export async function trust(cluster: ClusterPlan, hostPort: string): Promise<void> {
  if (!isHostPort(hostPort))
    throw new Error(`"${hostPort}" is no HOST:PORT of a registry, such as 10.101.0.1:5001`);
  // Stories run side by side, and each trusts a registry of its own.
  await withFileLock(`${trustedFile(cluster)}.lock`, async () => {
    const all = [...new Set([...trusted(cluster), hostPort])];
    writeFileAtomically(trustedFile(cluster), JSON.stringify(all));
  });
  for (const node of readNodes(cluster)) writeRegistryHosts(cluster, node);
}

/** Writes the node's hosts.toml files: the cluster's registry, the trusted ones and, unless switched off, mirrors. */
export function writeRegistryHosts(cluster: ClusterPlan, node: RecordedNode): void {
  const write = (registry: string, target: string) =>
    writeFileAtomically(join(registryHostsFolder(node), registry, "hosts.toml"), hostsToml(target));
  for (const registry of [cluster.registry, ...trusted(cluster)]) write(registry, registry);
  for (const registry of node.mirrors ? mirroredRegistries : []) write(registry, cluster.registry);
}

/** containerd's `config_path` of the node. */
export function registryHostsFolder(node: { dataDir: string }): string {
  return join(node.dataDir, "registries");
}

function trusted(cluster: ClusterPlan): string[] {
  const file = trustedFile(cluster);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as string[]) : [];
}

function trustedFile(cluster: ClusterPlan): string {
  return join(cluster.folder, "trusted-registries.json");
}
