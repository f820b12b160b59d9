import { waitUntil } from "../../cluster/wait-until.ts";
import { accountOf } from "./api-server-account.ts";
import type { Scene } from "./scene.ts";

/** Rights that a user has granted, for a release with `rbac.create: false`. */
export interface OwnRights extends AsyncDisposable {
  /** The release's values for them. */
  readonly values: object;
}

const group = "rbac.authorization.k8s.io";

/** Grants what the README names: `patch` of nodes to the agent, and to an account for the cleanup what that needs. */
export async function grantRights(scene: Scene, release: string): Promise<OwnRights> {
  const { name: agent } = accountOf(scene, release);
  const cleanup = `${release}-user`;
  const nodes = (...verbs: readonly string[]) => ({ apiGroups: [""], resources: ["nodes"], verbs });
  const clusterWide = [`${agent}-own`, `${cleanup}-own`] as const;
  await scene.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: cleanup } },
    ...granted(scene, "ClusterRole", clusterWide[0], agent, [nodes("patch")]),
    ...granted(scene, "ClusterRole", clusterWide[1], cleanup, [nodes("list", "patch")]),
    ...granted(scene, "Role", cleanup, cleanup, [
      { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
      { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["list"] },
    ]),
  );
  const user = `system:serviceaccount:${scene.name}:${cleanup}`;
  // RBAC sees a new binding a moment later, and a Job that came before it would start with a refusal.
  await waitUntil(`${cleanup} has its rights`, 10_000, async () =>
    (await scene.kubectl("auth", "can-i", "list", "daemonsets", "--as", user)).startsWith("yes"),
  );
  return {
    values: {
      rbac: { create: false },
      cleanup: { serviceAccountName: cleanup },
      test: { enabled: false },
    },
    [Symbol.asyncDispose]: async () => {
      for (const kind of ["clusterrolebinding", "clusterrole"])
        await scene.kubectl("delete", kind, ...clusterWide, "--ignore-not-found");
    },
  };
}

function granted(
  scene: Scene,
  kind: "ClusterRole" | "Role",
  name: string,
  account: string,
  rules: readonly object[],
): readonly object[] {
  const apiVersion = `${group}/v1`;
  const subjects = [{ kind: "ServiceAccount", name: account, namespace: scene.name }];
  return [
    { apiVersion, kind, metadata: { name }, rules },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata: { name },
      subjects,
      roleRef: { apiGroup: group, kind, name },
    },
  ];
}
