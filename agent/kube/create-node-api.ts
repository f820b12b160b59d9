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
}

// A request that takes longer has met a connection that is half open, or a server that is overloaded.
const requestTimeoutMs = 10_000;

// client-node's own request, authentication and transport, without its generated API: CoreV1Api brings every model
// of Kubernetes along, 16 MiB of memory for one patch (agent/README.md, Decisions).
const http = new IsomorphicFetchHttpLibrary();

/**
 * The Node behind the API server that client-node's `loadFromDefault` finds: the one of KUBECONFIG or of the home
 * folder, else the one whose service account is mounted. The token is read again from its file every minute.
 */
export function createNodeApi(options: NodeApiOptions): NodeApi {
  const { nodeName, key, clock } = options;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();

  async function send(body: object, signal: AbortSignal): Promise<NodeAnswer> {
    using deadline = createDeadline(clock, requestTimeoutMs, signal);
    try {
      const response = await http.send(await patchOf(body, deadline.signal)).toPromise();
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
    const request = new RequestContext(`${server.replace(/\/$/, "")}${path}`, HttpMethod.PATCH);
    await kubeConfig.applySecurityAuthentication(request);
    // No resourceVersion is sent, so the API server itself tries again where two writers meet.
    request.setHeaderParam("Content-Type", "application/merge-patch+json");
    request.setHeaderParam("Accept", "application/json");
    request.setBody(JSON.stringify(body));
    request.setSignal(signal);
    return request;
  }

  return {
    read: (signal) => send({}, signal),
    write: ({ label, annotation }, signal) =>
      send({ metadata: { labels: { [key]: label ?? null }, annotations: { [key]: annotation } } }, signal),
  };
}
