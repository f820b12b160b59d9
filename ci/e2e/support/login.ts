import { readFileSync } from "node:fs";
import { join } from "node:path";
import { adminTls } from "../../cluster/admin-tls.ts";
import { apiRequest } from "../../cluster/api-request.ts";
import { type Account, asAccount, nodeClaim } from "./api-server-account.ts";
import { agentProcess } from "./container-processes.ts";
import { untilPodOnNode } from "./pod-on-node.ts";
import { type Scene, testCluster } from "./scene.ts";

/** As whom the API server is asked: options of `node:https`. */
export interface Login {
  readonly ca: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** As whoever has the token. */
export function loginByToken(token: string): Login {
  const { ca } = adminTls(testCluster());
  return { ca, headers: { authorization: `Bearer ${token}` } };
}

/** As the cluster's administrator. */
export function loginOfAdministrator(): Login {
  return { ...adminTls(testCluster()), headers: {} };
}

/** As the account, with these nodes as its token's claim; none means a token without a pod. */
export function loginOf(account: Account, ...claimedNodes: readonly string[]): Login {
  const { headers, ...tls } = asAccount(account);
  if (claimedNodes.length === 0) return { ...tls, headers };
  return { ...tls, headers: { ...headers, [nodeClaim]: [...claimedNodes] } };
}

/** The token that the agent of the release has mounted on `node`; waits until it is at work, and fails if it has ended. */
export async function mountedToken(scene: Scene, release: string, node: string): Promise<string> {
  const { uid, prefetch } = await untilPodOnNode(scene, release, node, (pod) => pod.prefetch.isRunning);
  const agent = agentProcess(node, uid, prefetch.id ?? "");
  if (agent === undefined) throw new Error(`the agent of ${release} on ${node} has ended`);
  return readFileSync(join("/proc", String(agent.pid), "root", tokenFile), "utf8");
}

const tokenFile = "var/run/secrets/kubernetes.io/serviceaccount/token";

/** A pod that a token is made for. */
export interface TokenPod {
  readonly name: string;
  readonly uid: string;
}

/** A new token of the account, as `kubectl create token` makes it: for the pod, or for none. */
export async function createToken(account: Account, pod?: TokenPod): Promise<string> {
  const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`;
  const boundObjectRef =
    pod === undefined ? {} : { boundObjectRef: { apiVersion: "v1", kind: "Pod", ...pod } };
  const request = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 600, ...boundObjectRef },
  };
  const { status, body } = await apiRequest(testCluster(), "POST", path, request);
  if (status !== 201) throw new Error(`the API server answers ${status} for a token of ${account.name}`);
  return (body as { status: { token: string } }).status.token;
}
