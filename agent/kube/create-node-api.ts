import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { IsomorphicFetchHttpLibrary } from "@kubernetes/client-node/dist/gen/http/isomorphic-fetch.js";
import type { Clock } from "../clock.ts";
import { createDeadline, DeadlinePassed } from "../deadline.ts";
import type { NodeAnswer, NodeApi } from "../node-api.ts";
import { answerFromResponse, unreachable } from "./answer-from-response.ts";

/** Which Node, and which key of it. */
export interface NodeApiOptions {
  readonly nodeName: string;
  /** The key of the label and of the annotation. */
  readonly key: string;
  readonly clock: Clock;
  /** Has the API server answer as it would, rights and admission included, and change nothing. */
  readonly isDryRun?: boolean;
}

// A request that takes longer has met a connection that is half open, or a server that is overloaded.
const requestTimeoutMs = 10_000;

// client-node's own request, authentication and transport, without its generated API: CoreV1Api brings every model
// of Kubernetes along, 16 MiB of memory for one patch (agent/README.md, Decisions).
const http = new IsomorphicFetchHttpLibrary();

/**
 * The Node behind the API server that client-node's `loadFromDefault` finds: the one of KUBECONFIG or of the home
 * folder, else the one whose service account is mounted. The token is read again from its file every minute, and after a 401.
 */
export function createNodeApi(options: NodeApiOptions): NodeApi {
  const { nodeName, key, clock, isDryRun = false } = options;
  let kubeConfig = loadKubeConfig();

  async function send(body: object, signal: AbortSignal): Promise<NodeAnswer> {
    using deadline = createDeadline(clock, requestTimeoutMs, signal);
    try {
      const response = await http.send(await patchOf(body, deadline.signal)).toPromise();
      if (response.httpStatusCode === 401) kubeConfig = readAgain(kubeConfig);
      return answerFromResponse(
        { status: response.httpStatusCode, headers: response.headers, text: await response.body.text() },
        { nodeName, key, date: clock.date() },
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (deadline.signal.aborted && deadline.signal.reason instanceof DeadlinePassed) {
        return {
          kind: "unavailable",
          message: `the API server did not answer within ${requestTimeoutMs / 1000} s`,
        };
      }
      return unreachable(error);
    }
  }

  async function patchOf(body: object, signal: AbortSignal): Promise<RequestContext> {
    const server = kubeConfig.getCurrentCluster()?.server ?? "";
    const path = `/api/v1/nodes/${encodeURIComponent(nodeName)}?fieldManager=image-prefetcher`;
    const url = `${server.replace(/\/$/, "")}${path}${isDryRun ? "&dryRun=All" : ""}`;
    const request = new RequestContext(url, HttpMethod.PATCH);
    await kubeConfig.applySecurityAuthentication(request);
    request.setHeaderParam("Content-Type", "application/merge-patch+json");
    request.setHeaderParam("Accept", "application/json");
    request.setBody(JSON.stringify(body));
    request.setSignal(signal);
    return request;
  }

  return {
    read: (signal) => send({}, signal),
    write: ({ label, annotation, resourceVersion }, signal) => {
      const marks = { labels: { [key]: label ?? null }, annotations: { [key]: annotation } };
      // With its version the change cannot land late, over what was written after it, nor over another owner's.
      const precondition = resourceVersion === undefined ? {} : { resourceVersion };
      return send({ metadata: { ...precondition, ...marks } }, signal);
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
