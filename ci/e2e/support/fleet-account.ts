import { join } from "node:path";
import type { ClusterPlan } from "../../cluster/plan.ts";
import { writeFileAtomically } from "../../cluster/write-file.ts";
import type { FleetObjects } from "./fleet-objects.ts";

/** An account that may do what a cleanup needs, and no more. Its requests are in the audit log, as the administrator's are not. */
export interface FleetAccount {
  /** Its name without the namespace. */
  readonly name: string;
  /** The path of its kubeconfig. */
  readonly kubeconfig: string;
}

/** Makes the namespace, the account and its rights; the kubeconfig lies in `folder`. */
export async function createFleetAccount(
  cluster: ClusterPlan,
  objects: FleetObjects,
  { namespace, folder }: { readonly namespace: string; readonly folder: string },
): Promise<FleetAccount> {
  const name = "cleaner";
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
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
  await make(`${rbac}/clusterroles`, { rules: [rule("", "nodes", ["list", "patch"])] });
  await make(`${rbac}/clusterrolebindings`, { subjects, roleRef: roleRef("ClusterRole") });
  await make(`${rbac}/${inNamespace}/roles`, {
    rules: [rule("", "pods", ["list"]), rule("apps", "daemonsets", ["list"])],
  });
  await make(`${rbac}/${inNamespace}/rolebindings`, { subjects, roleRef: roleRef("Role") });
  const tokenPath = `/api/v1/${inNamespace}/serviceaccounts/${name}/token`;
  const answer = await objects.ask("POST", tokenPath, { spec: { expirationSeconds: 3600 } });
  const { token } = (answer as { status: { token: string } }).status;

  const kubeconfig = join(folder, "cleaner.kubeconfig");
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
  return { name, kubeconfig };
}
