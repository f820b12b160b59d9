import { waitUntil } from "../../cluster/wait-until.ts";
import type { Account } from "./api-server-account.ts";
import { undoneBy } from "./fault-undo.ts";
import { loginOf } from "./login.ts";
import { ask, type NodeRequest, nodePatch } from "./node-patch.ts";
import type { Scene } from "./scene.ts";

/** Gives the accounts every right over Nodes and their status, and returns once the API server knows of it. */
export async function withAllNodeRights(
  scene: Scene,
  accounts: readonly Account[],
): Promise<AsyncDisposable> {
  const name = `story-${scene.name}`;
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const apiGroup = "rbac.authorization.k8s.io";
  await scene.apply(
    {
      apiVersion,
      kind: "ClusterRole",
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["nodes", "nodes/status"], verbs: ["*"] }],
    },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup, kind: "ClusterRole", name },
      subjects: accounts.map((account) => ({ kind: "ServiceAccount", ...account })),
    },
  );
  const rights = undoneBy(async () => {
    await scene.kubectl("delete", "clusterrole,clusterrolebinding", name);
  });
  try {
    for (const account of accounts) {
      await waitUntil(`${account.namespace}/${account.name} has its rights`, 30_000, async () => {
        const [node = ""] = scene.nodes();
        return (await ask(loginOf(account), { method: "GET", path: `/api/v1/nodes/${node}` })).status === 200;
      });
    }
  } catch (error) {
    await rights[Symbol.asyncDispose]();
    throw error;
  }
  return rights;
}

/** A request and the right that it needs. */
export interface RightsCase {
  readonly verb: string;
  readonly resource: string;
  readonly request: NodeRequest;
}

/** A change that no agent makes. */
export interface ChangeBeyondPatch extends RightsCase {
  /** The Node that an admission's refusal speaks of. */
  readonly refusedFor: string;
}

/** What can be done to Nodes by other verbs than a patch, as dry runs. */
export function changesBeyondPatch(node: string): readonly ChangeBeyondPatch[] {
  const nodes = "/api/v1/nodes";
  const query = "?dryRun=All";
  const made = { apiVersion: "v1", kind: "Node", metadata: { name: `${node}-made` } };
  const status = { phase: "Terminated" };
  const statusPath = `${nodes}/${node}/status${query}`;
  const one = `&fieldSelector=metadata.name%3D${node}`;
  return [
    {
      verb: "create",
      resource: "nodes",
      request: { method: "POST", path: nodes + query, body: made },
      refusedFor: made.metadata.name,
    },
    // What is applied and not there is made.
    {
      verb: "create",
      resource: "nodes",
      request: nodePatch(made.metadata.name, {}, "apply", "&dryRun=All"),
      refusedFor: made.metadata.name,
    },
    {
      verb: "delete",
      resource: "nodes",
      request: { method: "DELETE", path: `${nodes}/${node}${query}` },
      refusedFor: node,
    },
    {
      verb: "deletecollection",
      resource: "nodes",
      request: { method: "DELETE", path: nodes + query + one },
      // The request names none.
      refusedFor: "Unknown",
    },
    {
      verb: "patch",
      resource: "nodes/status",
      request: {
        method: "PATCH",
        path: statusPath,
        contentType: "application/merge-patch+json",
        body: { status },
      },
      refusedFor: node,
    },
    {
      verb: "update",
      resource: "nodes/status",
      request: { method: "PUT", path: statusPath, body: { ...made, metadata: { name: node }, status } },
      refusedFor: node,
    },
  ];
}
