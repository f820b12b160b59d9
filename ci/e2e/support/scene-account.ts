import { join } from "node:path";
import { writeFileAtomically } from "../../cluster/write-file.ts";
import type { FleetRights } from "./fleet-account.ts";
import type { Scene } from "./scene.ts";

/** An account in the scene's namespace that may do what it was given there and with Nodes, and no more. */
export interface SceneAccount extends AsyncDisposable {
  /** The path of its kubeconfig, whose context has the scene's namespace. */
  readonly kubeconfig: string;
}

const group = "rbac.authorization.k8s.io";

/** Makes the account `name`, unique among those of all scenes, and its kubeconfig in `folder`. */
export async function openSceneAccount(
  scene: Scene,
  name: string,
  { nodes, inNamespace }: FleetRights,
  folder: string,
): Promise<SceneAccount> {
  const rule = (apiGroup: string, resource: string, verbs: readonly string[]) => ({
    apiGroups: [apiGroup],
    resources: [resource],
    verbs,
  });
  const metadata = { name };
  const bound = (kind: "ClusterRole" | "Role", rules: readonly object[]) => [
    { apiVersion: `${group}/v1`, kind, metadata, rules },
    {
      apiVersion: `${group}/v1`,
      kind: `${kind}Binding`,
      metadata,
      subjects: [{ kind: "ServiceAccount", name, namespace: scene.name }],
      roleRef: { apiGroup: group, kind, name },
    },
  ];
  await scene.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    ...bound("ClusterRole", [rule("", "nodes", nodes)]),
    ...bound(
      "Role",
      inNamespace.map((each) => rule(...each)),
    ),
  );
  const token = (await scene.kubectl("create", "token", name)).trim();
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  writeFileAtomically(kubeconfig, kubeconfigOf(scene, token));
  return {
    kubeconfig,
    [Symbol.asyncDispose]: async () => {
      for (const kind of ["clusterrolebinding", "clusterrole"])
        await scene.kubectl("delete", kind, name, "--ignore-not-found");
    },
  };
}

function kubeconfigOf(scene: Scene, token: string): string {
  const { apiServer, pkiDir } = scene.cluster();
  const cluster = { server: apiServer, "certificate-authority": join(pkiDir, "ca.crt") };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "it", cluster }],
    users: [{ name: "visitor", user: { token } }],
    contexts: [{ name: "it", context: { cluster: "it", user: "visitor", namespace: scene.name } }],
    "current-context": "it",
  });
}
