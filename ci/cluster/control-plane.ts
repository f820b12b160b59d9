import { join } from "node:path";
import type { ClusterPlan } from "./plan.ts";

export type ControlPlanePart =
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "registry";

/** In the order in which they are started. */
export const controlPlaneParts: readonly ControlPlanePart[] = [
  "etcd",
  "registry",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
];

/** The part's log file. */
export function logFileOf(cluster: ClusterPlan, part: ControlPlanePart): string {
  return join(cluster.logDir, `${part}.log`);
}

/** The part's program and arguments. */
export function commandOf(cluster: ClusterPlan, part: ControlPlanePart): [string, ...string[]] {
  switch (part) {
    case "etcd":
      return etcd(cluster);
    case "registry":
      return [join(cluster.binDir, "registry"), "serve", join(cluster.folder, "registry.json")];
    case "kube-apiserver":
      return apiServer(cluster);
    case "kube-controller-manager":
      return controllerManager(cluster);
    case "kube-scheduler":
      return [
        join(cluster.binDir, part),
        `--kubeconfig=${join(cluster.folder, "scheduler.kubeconfig")}`,
        "--leader-elect=false",
        `--bind-address=${cluster.loopback}`,
      ];
  }
}

function etcd(cluster: ClusterPlan): [string, ...string[]] {
  const client = `http://${cluster.loopback}:2379`;
  const peer = `http://${cluster.loopback}:2380`;
  return [
    "etcd",
    `--data-dir=${join(cluster.folder, "etcd")}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    // The data need not outlive the machine, and each fsync would cost milliseconds.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

function apiServer(cluster: ClusterPlan): [string, ...string[]] {
  const pki = (file: string) => join(cluster.pkiDir, file);
  return [
    join(cluster.binDir, "kube-apiserver"),
    `--etcd-servers=http://${cluster.loopback}:2379`,
    `--bind-address=${cluster.gateway}`,
    `--advertise-address=${cluster.gateway}`,
    "--secure-port=6443",
    `--tls-cert-file=${pki("apiserver.crt")}`,
    `--tls-private-key-file=${pki("apiserver.key")}`,
    `--client-ca-file=${pki("ca.crt")}`,
    `--kubelet-client-certificate=${pki("kubelet-client.crt")}`,
    `--kubelet-client-key=${pki("kubelet-client.key")}`,
    // Without it `kubectl logs` looks the node's name up in a DNS that does not know it.
    "--kubelet-preferred-address-types=InternalIP",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${pki("service-account.pub")}`,
    `--service-account-signing-key-file=${pki("service-account.key")}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged=true",
    `--audit-policy-file=${join(cluster.folder, "audit-policy.json")}`,
    `--audit-log-path=${cluster.auditLog}`,
  ];
}

function controllerManager(cluster: ClusterPlan): [string, ...string[]] {
  return [
    join(cluster.binDir, "kube-controller-manager"),
    `--kubeconfig=${join(cluster.folder, "controller-manager.kubeconfig")}`,
    "--leader-elect=false",
    `--bind-address=${cluster.loopback}`,
    `--service-account-private-key-file=${join(cluster.pkiDir, "service-account.key")}`,
    // Without it there is no kube-root-ca.crt in any namespace, and no pod's token is ever mounted.
    `--root-ca-file=${join(cluster.pkiDir, "ca.crt")}`,
    "--use-service-account-credentials",
    "--controllers=*,-cloud-node-lifecycle-controller,-service-lb-controller,-node-route-controller",
  ];
}
