import { join } from "node:path";
import type { ClusterPlan } from "../../cluster/plan.ts";
import { writeFileAtomically } from "../../cluster/write-file.ts";
import type { FleetObjects } from "./fleet-objects.ts";

/** An account that may do what it was given, and no more. Its requests are in the audit log, as the administrator's are not. */
export interface FleetAccount {
  /** Its name without the namespace. */
  readonly name: string;
  readonly namespace: string;
  /** The path of its kubeconfig. */
  readonly kubeconfig: string;
}

/** What an account may do. */
export interface FleetRights {
  /** With Nodes. */
  readonly nodes: readonly string[];
  /** With objects of its namespace: API group, resource, verbs. */
  readonly inNamespace: readonly (readonly [string, string, readonly string[]])[];
}

/** What `prefetcher cleanup` needs. */
export const cleanupRights: FleetRights = {
  nodes: ["list", "patch"],
  inNamespace: [
    ["", "pods", ["list"]],
    ["apps", "daemonsets", ["list"]],
  ],
};

/** What `prefetcher status` needs, with `--watch` and `--wait` too. */
export const statusRights: FleetRights = {
  nodes: ["list", "watch"],
  inNamespace: [
    ["", "pods", ["list", "watch"]],
    ["apps", "daemonsets", ["list", "watch"]],
    ["", "events", ["list"]],
  ],
};

/** Where an account is made, and what it may. */
export interface FleetAccountOptions {
  readonly namespace: string;
  /** Where its kubeconfig is to lie. */
  readonly folder: string;
  readonly rights: FleetRights;
}

/** The path of the role that gives an account its rights over Nodes. */
export function nodeRolePath({ name }: FleetAccount): string {
  return `${rbac}/clusterroles/${name}`;
}

const rbac = "/apis/rbac.authorization.k8s.io/v1";

/** Makes the namespace, the account and its rights. */
export async function createFleetAccount(
  cluster: ClusterPlan,
  objects: FleetObjects,
  { namespace, folder, rights }: FleetAccountOptions,
): Promise<FleetAccount> {
  const name = "visitor";
  const inNamespace = `namespaces/${namespace}`;
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const metadata = { name };
  const roleRef = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  const rule = (apiGroup: string, resource: string, verbs: readonly string[]) => ({
    apiGroups: [apiGroup],
    resources: [resource],
    verbs,
  });
  const make = (path: string, object: object) => objects.ask("POST", path, { metadata, ...object });
  await make("/api/v1/namespaces", { metadata: { name: namespace } });
  await make(`/api/v1/${inNamespace}/serviceaccounts`, {});
  await make(`${rbac}/clusterroles`, { rules: [rule("", "nodes", rights.nodes)] });
  await make(`${rbac}/clusterrolebindings`, { subjects, roleRef: roleRef("ClusterRole") });
  await make(`${rbac}/${inNamespace}/roles`, {
    rules: rights.inNamespace.map((each) => rule(...each)),
  });
  await make(`${rbac}/${inNamespace}/rolebindings`, { subjects, roleRef: roleRef("Role") });
  const tokenPath = `/api/v1/${inNamespace}/serviceaccounts/${name}/token`;
  const answer = await objects.ask("POST", tokenPath, { spec: { expirationSeconds: 3600 } });
  const { token } = (answer as { status: { token: string } }).status;

  const kubeconfig = join(folder, `${name}.kubeconfig`);
  const certificate = join(cluster.pkiDir, "ca.crt");
  const text = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: cluster.apiServer, "certificate-authority": certificate } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
  writeFileAtomically(kubeconfig, text);
  return { name, namespace, kubeconfig };
}
