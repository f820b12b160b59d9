import { exitCode } from "../exit-code.ts";
import { visible } from "../visible.ts";
import { inKubeConfig } from "./in-kube-config.ts";
import { endWithError, type Streams } from "./streams.ts";

/** How a command by hand comes by its API, and what it says where a signal ends it. */
export interface KubeApiUse<Api> {
  /** Throws an Error with a sentence where the kubeconfig cannot be used. */
  readonly create: () => Api;
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** What is said when `signal` has aborted; `interrupted` where it is left out. */
  readonly interrupted?: string;
}

/** The exit code that `use` comes to with the API; a kubeconfig that cannot be used, and a signal, are told to the user. */
export async function withKubeApi<Api>(
  { create, streams, signal, interrupted = "interrupted" }: KubeApiUse<Api>,
  use: (api: Api) => Promise<number>,
): Promise<number> {
  const api = inKubeConfig(create);
  if (typeof api === "string") return endWithError(streams, exitCode.usage, visible(api));
  try {
    return await use(api);
  } catch (error) {
    if (!signal.aborted) throw error;
    return endWithError(streams, exitCode.terminated, interrupted);
  }
}
