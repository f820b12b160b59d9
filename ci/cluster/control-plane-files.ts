import { join } from "node:path";
import { makeAuthority, makeCertificate } from "./certificates.ts";
import { configText } from "./config-text.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import type { ClusterPlan } from "./plan.ts";
import { writeFileAtomically } from "./write-file.ts";

/** Writes certificates, kubeconfigs and configuration of the control plane. What is there stays as it is. */
export async function writeControlPlaneFiles(cluster: ClusterPlan): Promise<void> {
  const { pkiDir, folder } = cluster;
  await makeAuthority(pkiDir);
  const clients = {
    admin: { commonName: "admin", organization: "system:masters" },
    "kubelet-client": { commonName: "kube-apiserver-kubelet-client", organization: "system:masters" },
    "controller-manager": { commonName: "system:kube-controller-manager" },
    scheduler: { commonName: "system:kube-scheduler" },
  };
  await Promise.all([
    makeCertificate(pkiDir, pkiDir, {
      file: "apiserver",
      commonName: "kube-apiserver",
      // 10.96.0.1 is how pods call it: the first address of the service network.
      serverNames: [`IP:${cluster.gateway}`, "IP:10.96.0.1", "DNS:kubernetes", "DNS:kubernetes.default.svc"],
    }),
    ...Object.entries(clients).map(([file, identity]) =>
      makeCertificate(pkiDir, pkiDir, { file, ...identity }),
    ),
  ]);
  for (const file of ["admin", "controller-manager", "scheduler"]) {
    writeKubeconfig(join(folder, `${file}.kubeconfig`), cluster, { folder: pkiDir, file });
  }
  writeFileAtomically(join(folder, "registry.json"), registryConfig(cluster));
  writeFileAtomically(join(folder, "audit-policy.json"), auditPolicy());
}

function registryConfig(cluster: ClusterPlan): string {
  return configText({
    version: 0.1,
    log: { level: "warn", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(cluster.folder, "registry") },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: { addr: cluster.registry },
  });
}

/**
 * One line for each request of a ServiceAccount outside kube-system once it was answered: what tests count. All
 * else is left out, for it would be the most of it. A watch is logged when it begins and when it ends.
 */
function auditPolicy(): string {
  return configText({
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [
      { level: "None", userGroups: ["system:serviceaccounts:kube-system"] },
      { level: "Metadata", userGroups: ["system:serviceaccounts"] },
      { level: "None" },
    ],
  });
}
