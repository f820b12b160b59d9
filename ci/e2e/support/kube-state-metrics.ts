import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureParts } from "../../cluster/cluster.ts";
import { waitUntil } from "../../cluster/wait-until.ts";
import type { Scene } from "./scene.ts";
import { freePort, startSideProcess } from "./side-process.ts";

/** A real kube-state-metrics that may look at Nodes, and in the scene's namespace at DaemonSets and pods. */
export interface KubeStateMetrics extends AsyncDisposable {
  /** `HOST:PORT` of its metrics. */
  readonly address: string;
  /** What it shows now. */
  metrics(): Promise<string>;
}

const account = "kube-state-metrics";

/** Makes its account, once for a scene. Whoever opens the scene disposes of its cluster-wide half. */
export async function makeAccount(scene: Scene): Promise<AsyncDisposable> {
  const group = "rbac.authorization.k8s.io";
  const name = `${scene.name}-${account}`;
  const apiVersion = `${group}/v1`;
  const subjects = [{ kind: "ServiceAccount", name: account, namespace: scene.name }];
  const verbs = ["list", "watch"];
  await scene.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account } },
    {
      apiVersion,
      kind: "ClusterRole",
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["nodes"], verbs }],
    },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name },
      subjects,
      roleRef: { apiGroup: group, kind: "ClusterRole", name },
    },
    {
      apiVersion,
      kind: "Role",
      metadata: { name },
      rules: [
        { apiGroups: [""], resources: ["pods"], verbs },
        { apiGroups: ["apps"], resources: ["daemonsets"], verbs },
      ],
    },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name },
      subjects,
      roleRef: { apiGroup: group, kind: "Role", name },
    },
  );
  const user = `system:serviceaccount:${scene.name}:${account}`;
  await waitUntil(`${account} has its rights`, 10_000, async () =>
    (await scene.kubectl("auth", "can-i", "list", "daemonsets", "--as", user)).startsWith("yes"),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      for (const kind of ["clusterrolebinding", "clusterrole"])
        await scene.kubectl("delete", kind, name, "--ignore-not-found");
    },
  };
}

/** Starts it with `--metric-labels-allowlist=<allowlist>`, once `makeAccount` is done. */
export async function openKubeStateMetrics(scene: Scene, allowlist: string): Promise<KubeStateMetrics> {
  const [programs = ""] = await ensureParts(["kube-state-metrics"], () => {});
  const token = (await scene.kubectl("create", "token", account)).trim();
  const [port, telemetryPort] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
  const metrics = async () => (await fetch(`http://${address}/metrics`)).text();
  const running = await startSideProcess(scene.cluster(), (folder) => {
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, kubeconfigText(scene, token), { mode: 0o600 });
    return {
      name: account,
      command: [
        join(programs, "kube-state-metrics"),
        "--host=127.0.0.1",
        `--port=${port}`,
        "--telemetry-host=127.0.0.1",
        `--telemetry-port=${telemetryPort}`,
        `--kubeconfig=${kubeconfig}`,
        "--resources=nodes,daemonsets,pods",
        `--namespaces=${scene.name}`,
        `--metric-labels-allowlist=${allowlist}`,
      ],
      isReady: async () => /^kube_node_labels\{/m.test(await metrics()),
    };
  });
  return { address, metrics, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

function kubeconfigText(scene: Scene, token: string): string {
  const { apiServer, pkiDir } = scene.cluster();
  const name = account;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: apiServer, "certificate-authority": join(pkiDir, "ca.crt") } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
