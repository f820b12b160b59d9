import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";
import type { Clock } from "../clock.ts";
import type { NodeAnswer, NodeApi } from "../node-api.ts";
import { answerFromResponse } from "./answer-from-response.ts";
import { NoResponse, send } from "./send.ts";

/** Which Node, and which key of it. */
export interface NodeApiOptions {
  readonly nodeName: string;
  /** The key of the label and of the annotation. */
  readonly key: string;
  readonly clock: Clock;
  /** Has the API server answer as it would, rights and admission included, and change nothing. */
  readonly isDryRun?: boolean;
}

/**
 * The Node behind the API server that client-node's `loadFromDefault` finds: the one of KUBECONFIG or of the home
 * folder, else the one whose service account is mounted. The token is read again from its file every minute, and after a 401.
 */
export function createNodeApi(options: NodeApiOptions): NodeApi {
  const { nodeName, key, clock, isDryRun = false } = options;
  let kubeConfig = loadKubeConfig();

  async function patch(body: object, signal: AbortSignal): Promise<NodeAnswer> {
    const query = `?fieldManager=image-prefetcher${isDryRun ? "&dryRun=All" : ""}`;
    const request = {
      method: HttpMethod.PATCH,
      path: `/api/v1/nodes/${encodeURIComponent(nodeName)}${query}`,
      accept: "application/json",
      contentType: "application/merge-patch+json",
      body,
    };
    try {
      const response = await send(request, { kubeConfig, clock }, signal);
      if (response.status === 401) kubeConfig = readAgain(kubeConfig);
      return answerFromResponse(response, { nodeName, key, date: clock.date() });
    } catch (error) {
      if (!(error instanceof NoResponse)) throw error;
      return { kind: "unavailable", message: error.message };
    }
  }

  return {
    read: (signal) => patch({}, signal),
    write: ({ label, annotation, resourceVersion }, signal) => {
      const marks = { labels: { [key]: label ?? null }, annotations: { [key]: annotation } };
      // With its version the change cannot land late, over what was written after it, nor over another owner's.
      const precondition = resourceVersion === undefined ? {} : { resourceVersion };
      return patch({ metadata: { ...precondition, ...marks } }, signal);
    },
  };
}

function loadKubeConfig(): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  return kubeConfig;
}

/** The configuration with the credentials that its files have now: client-node itself keeps a token for a minute. */
function readAgain(before: KubeConfig): KubeConfig {
  try {
    const now = loadKubeConfig();
    // Where the files are gone client-node comes up with a server of its own on this machine.
    return now.getCurrentCluster()?.server === before.getCurrentCluster()?.server ? now : before;
  } catch {
    // It is being written at this moment; the next 401 reads it again. The error is not told, since it may quote the file.
    return before;
  }
}
