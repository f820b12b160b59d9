import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

/** The same kubeconfig, with these clusters if they are given, and without what client-node remembers of logins and connections. */
export function kubeConfigCopy(kubeConfig: KubeConfig, clusters = kubeConfig.getClusters()): KubeConfig {
  const copy = new KubeConfig();
  copy.loadFromOptions({
    clusters,
    users: kubeConfig.getUsers(),
    contexts: kubeConfig.getContexts(),
    currentContext: kubeConfig.getCurrentContext(),
  });
  return copy;
}
