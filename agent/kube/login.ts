import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import type { Clock } from "../clock.ts";
import { createSharedCalls, type SharedCalls } from "../credentials/shared-calls.ts";
import { aborted, createDeadline } from "../deadline.ts";
import { kubeConfigCopy } from "./kube-config-copy.ts";

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
  if (loginOf(kubeConfig) === refused) known.set(kubeConfig, kubeConfigCopy(kubeConfig));
}

/** How long a login may take: somebody may have to find a password, and a second factor, in a browser. */
export const loginTimeoutMs = 5 * 60_000;

/** What a login gives a request. */
interface Pass {
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: ReturnType<RequestContext["getDispatcher"]>;
}

// For requests that come while a program is at work client-node starts it once more each, and a person would be asked as often.
const underWay = new WeakMap<KubeConfig, SharedCalls<Pass>>();

/**
 * Gives the request the login. Throws what client-node throws, a DeadlinePassed after 5 min, when a program that was asked is left to
 * itself, and the signal's reason as soon as `signal` aborts.
 */
export async function logIn(
  login: KubeConfig,
  context: RequestContext,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const calls = underWay.get(login) ?? createSharedCalls<Pass>();
  underWay.set(login, calls);
  const begin = async (everyone: AbortSignal): Promise<Pass> => {
    using deadline = createDeadline(clock, loginTimeoutMs, everyone);
    await Promise.race([login.applySecurityAuthentication(context), aborted(deadline.signal)]);
    return { headers: { ...context.getHeaders() }, connections: context.getDispatcher() };
  };
  const { headers, connections } = await calls.join("login", begin, signal);
  for (const [name, value] of Object.entries(headers)) context.setHeaderParam(name, value);
  if (connections !== undefined) context.setDispatcher(connections);
}
