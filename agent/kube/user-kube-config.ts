import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Cluster, Context } from "@kubernetes/client-node/dist/config_types.js";

/** A kubeconfig whose current context leads to a server. */
export interface UsableKubeConfig {
  readonly kubeConfig: KubeConfig;
  readonly context: Context;
}

/** Which kubeconfig a user means, by the flags' names. */
export interface KubeConfigChoice {
  /** The context that is used in the place of the current one; undefined for that. */
  readonly context?: string | undefined;
  /** The one file; undefined for what `loadFromDefault` finds. */
  readonly kubeconfig?: string | undefined;
}

/**
 * The file that was chosen, or what client-node's `loadFromDefault` finds: the files of KUBECONFIG, else the one in the home folder, else
 * the pod's service account. Throws an Error with a sentence for the user where the files, or what the context names, cannot be used.
 */
export function loadUserKubeConfig(choice: KubeConfigChoice = {}): UsableKubeConfig {
  const { context: contextName, kubeconfig: path } = choice;
  const kubeConfig = new KubeConfig();
  if (path === undefined) loadDefault(kubeConfig);
  else kubeConfig.loadFromFile(path);
  if (contextName !== undefined) kubeConfig.setCurrentContext(contextName);
  const context = contextOf(kubeConfig);
  checkCluster(kubeConfig.getCluster(context.cluster), context);
  if (context.user !== undefined && kubeConfig.getUser(context.user) === null)
    throw new Error(`its context ${context.name} names the user ${context.user}, which it does not have`);
  return { kubeConfig, context };
}

function loadDefault(kubeConfig: KubeConfig): void {
  kubeConfig.loadFromDefault();
  if (isNone(kubeConfig))
    throw new Error(
      "there is none at ~/.kube/config, and KUBECONFIG, which can name another file, is not set",
    );
}

/** Whether client-node came up with what it takes where there is nothing at all. */
function isNone(kubeConfig: KubeConfig): boolean {
  return (
    kubeConfig.getCurrentContext() === "loaded-context" &&
    kubeConfig.getCurrentCluster()?.server === "http://localhost:8080"
  );
}

function contextOf(kubeConfig: KubeConfig): Context {
  // Its type does not say so, but a file may have none.
  const name: string | undefined = kubeConfig.getCurrentContext() || undefined;
  const context = name === undefined ? null : kubeConfig.getContextObject(name);
  if (context !== null) return context;
  const names = kubeConfig.getContexts().map((each) => each.name);
  const choice =
    names.length === 0 ? "it has no context at all" : `choose one by --context: ${names.join(", ")}`;
  throw new Error(
    name === undefined ? `no context is current; ${choice}` : `it has no context ${name}; ${choice}`,
  );
}

function checkCluster(cluster: Cluster | null, context: Context): void {
  const { name, cluster: clusterName } = context;
  if (cluster === null)
    throw new Error(`its context ${name} names the cluster ${clusterName}, which it does not have`);
  const { server, skipTLSVerify } = cluster;
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    throw new Error(`the server of its cluster ${clusterName} is no https:// URL`);
  if (server.startsWith("http:") && !skipTLSVerify)
    throw new Error(
      `the server of its cluster ${clusterName} is an http:// URL, which needs insecure-skip-tls-verify: true beside it`,
    );
}
