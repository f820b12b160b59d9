import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate } from "./certificates.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { cniConfig, containerdConfig, kubeletConfig, kubeProxyConfig } from "./node-config.ts";
import { makeDisk } from "./node-disk.ts";
import type { RecordedNode } from "./node-record.ts";
import type { ClusterPlan } from "./plan.ts";
import { writeRegistryHosts } from "./trust.ts";
import { writeFileAtomically } from "./write-file.ts";

/** Writes everything that the node's daemons read: identities, configuration, trusted registries. */
export async function writeNodeFiles(cluster: ClusterPlan, node: RecordedNode): Promise<void> {
  const { dataDir } = node;
  mkdirSync(node.logDir, { recursive: true });
  await makeDisk(node);
  const pki = join(dataDir, "pki");
  await Promise.all([
    makeCertificate(cluster.pkiDir, pki, {
      file: "kubelet",
      commonName: `system:node:${node.name}`,
      organization: "system:nodes",
    }),
    makeCertificate(cluster.pkiDir, pki, { file: "kube-proxy", commonName: "system:kube-proxy" }),
  ]);
  for (const file of ["kubelet", "kube-proxy"]) {
    writeKubeconfig(join(dataDir, `${file}.kubeconfig`), cluster, { folder: pki, file });
  }
  writeFileAtomically(join(dataDir, "containerd.toml"), containerdConfig(cluster, node));
  writeFileAtomically(join(dataDir, "kubelet.json"), kubeletConfig(cluster, node));
  writeFileAtomically(join(dataDir, "kube-proxy.json"), kubeProxyConfig(node));
  writeFileAtomically(join(dataDir, "net.d", "10-bridge.conflist"), cniConfig(node));
  writeFileAtomically(join(dataDir, "resolv.conf"), "nameserver 10.96.0.10\n");
  writeRegistryHosts(cluster, node);
}
