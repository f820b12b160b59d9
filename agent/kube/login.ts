import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

// client-node keeps what a program logged the user in with until that expires, by its own word; without one, for ever.
const known = new WeakMap<KubeConfig, KubeConfig>();

/** The kubeconfig by whose copy requests are logged in: the same one until its login is forgotten. */
export function loginOf(kubeConfig: KubeConfig): KubeConfig {
  return known.get(kubeConfig) ?? kubeConfig;
}

/**
 * Has the next request log in anew, as `refused` was refused; not where others that were refused have seen to that already, since a program may
 * ask a person.
 */
export function forgetLogin(kubeConfig: KubeConfig, refused: KubeConfig): void {
  if (loginOf(kubeConfig) !== refused) return;
  const anew = new KubeConfig();
  anew.loadFromOptions({
    clusters: kubeConfig.getClusters(),
    users: kubeConfig.getUsers(),
    contexts: kubeConfig.getContexts(),
    currentContext: kubeConfig.getCurrentContext(),
  });
  known.set(kubeConfig, anew);
}
