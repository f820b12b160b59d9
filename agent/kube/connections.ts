import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";

type Connections = NonNullable<ReturnType<RequestContext["getDispatcher"]>>;

// client-node makes new ones for each request and closes none: 3,000 requests took 5 GB.
const known = new WeakMap<KubeConfig, Connections>();

/** Has the request go over the connections that earlier ones with this kubeconfig have left open. */
export function keepConnections(kubeConfig: KubeConfig, context: RequestContext): void {
  const made = context.getDispatcher();
  if (made === undefined) return;
  const kept = known.get(kubeConfig);
  if (kept === undefined) known.set(kubeConfig, made);
  else context.setDispatcher(kept);
}

/** Has the next request with this kubeconfig connect anew: the server is another, or wants another certificate. */
export function dropConnections(kubeConfig: KubeConfig): void {
  known.delete(kubeConfig);
}
