import { request } from "node:https";
import { adminTls } from "../../cluster/admin-tls.ts";
import { testCluster } from "./scene.ts";

/** A ServiceAccount. A fault that is made for one concerns nobody else's requests. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** The ServiceAccount of a release of the chart, whether it is installed yet or not. */
export function accountOf(scene: { readonly name: string }, release: string): Account {
  return {
    namespace: scene.name,
    name: release.includes("prefetcher") ? release : `${release}-prefetcher`,
  };
}

/** The account's name as a user. */
export function userOf({ namespace, name }: Account): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** A name for the cluster-scoped objects of a fault for this account. */
export function faultName({ namespace, name }: Account): string {
  return `fault-${namespace}-${name}`;
}

/** The header by which an impersonated account has a Node's name in its token. */
export const nodeClaim = "impersonate-extra-authentication.kubernetes.io%2Fnode-name";

/** What the API server says to a patch. */
export interface PatchAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The priority level that the request was counted in, "" for none. */
  readonly priorityLevelUid: string;
  readonly message: string;
}

/**
 * What `node:https` takes to send a request as the account, which the administrator may. With `groups` it is in these
 * instead of those of ServiceAccounts: as one of `system:masters` it may all, whether its release is there or not.
 */
export function asAccount(account: Account, groups: readonly string[] = []) {
  const headers: Record<string, string | string[]> = { "impersonate-user": userOf(account) };
  if (groups.length > 0) headers["impersonate-group"] = [...groups];
  return { ...adminTls(testCluster()), headers };
}

/**
 * What the API server says where the account patches a Node with nothing, as the agent does when it reads its own: with that Node's name in
 * its token, without which the release's admission policy lets nothing through.
 */
export function patchAs(account: Account, groups: readonly string[] = []): Promise<PatchAnswer> {
  const cluster = testCluster();
  const node = cluster.nodes[0]?.name ?? "";
  const { promise, resolve, reject } = Promise.withResolvers<PatchAnswer>();
  const { headers, ...tls } = asAccount(account, groups);
  const outgoing = request(`${cluster.apiServer}/api/v1/nodes/${node}`, {
    method: "PATCH",
    ...tls,
    headers: { ...headers, [nodeClaim]: node, "content-type": "application/merge-patch+json" },
    agent: false,
    signal: AbortSignal.timeout(5000),
  });
  outgoing.on("error", reject);
  outgoing.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    response.on("error", reject);
    response.on("end", () =>
      resolve({
        status: response.statusCode ?? 0,
        retryAfter: response.headers["retry-after"],
        priorityLevelUid: String(response.headers["x-kubernetes-pf-prioritylevel-uid"] ?? ""),
        message: messageIn(text),
      }),
    );
  });
  outgoing.end("{}");
  return promise;
}

function messageIn(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? "";
  } catch {
    // Priority and fairness answers in plain text.
    return text;
  }
}
