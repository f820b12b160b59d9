import http from "node:http";
import type { AddressInfo } from "node:net";
import { trust } from "../../cluster/cluster.ts";
import { testCluster } from "./scene.ts";

/** One request that a runtime made. */
export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  /** What the path names: `ping` is `/v2/`. */
  readonly kind: "ping" | "manifest" | "blob";
  /** Undefined for a ping. */
  readonly repository: string | undefined;
  /** Milliseconds of this process's clock (`performance.now()`). */
  readonly atMs: number;
  /** The address of the node, so that nodes can be told apart. */
  readonly from: string;
  /** Aborts when the node hung up before it had the whole answer. */
  readonly hungUp: AbortSignal;
}

/** What a front does with a request besides passing it on: it may wait, or answer with a status of its own. */
export type FrontRule = (request: RegistryRequest) => Promise<void> | { readonly status: number } | undefined;

/** A story's own name for the cluster's registry: it counts what is asked, and can hold or refuse it. */
export interface RegistryFront extends AsyncDisposable {
  /** `HOST:PORT`, trusted by every node. */
  readonly address: string;
  readonly requests: readonly RegistryRequest[];
  /** The rule for the requests from now on; undefined passes all on. */
  setRule(rule: FrontRule | undefined): void;
  /** Forgets the requests so far. */
  clear(): void;
}

/** Opens a front before the test cluster's registry on a port of the cluster's bridge. */
export async function openRegistryFront(): Promise<RegistryFront> {
  const cluster = testCluster();
  const requests: RegistryRequest[] = [];
  let rule: FrontRule | undefined;

  const server = http.createServer(async (incoming, outgoing) => {
    const request = requestFrom(incoming, hungUpOn(outgoing));
    requests.push(request);
    try {
      const verdict = rule?.(request);
      if (verdict instanceof Promise) await verdict;
      else if (verdict !== undefined) return void outgoing.writeHead(verdict.status).end();
      // Held until the runtime hung up: there is nobody to answer, and the passed-on request would never end.
      if (outgoing.destroyed) return;
      await passOn(incoming, outgoing, cluster.registry);
    } catch {
      // The runtime hung up (its pull was cancelled), or the registry is gone: either way it meets a broken answer.
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, cluster.gateway, resolve));
  const address = `${cluster.gateway}:${(server.address() as AddressInfo).port}`;
  await trust(cluster, address);
  return {
    address,
    requests,
    setRule: (next) => {
      rule = next;
    },
    clear: () => {
      requests.length = 0;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function hungUpOn(outgoing: http.ServerResponse): AbortSignal {
  const controller = new AbortController();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) controller.abort();
  });
  return controller.signal;
}

function requestFrom(incoming: http.IncomingMessage, hungUp: AbortSignal): RegistryRequest {
  const path = incoming.url ?? "";
  const [, repository, kind] = /^\/v2\/(.+)\/(manifests|blobs)\//.exec(path) ?? [];
  return {
    method: incoming.method ?? "",
    path,
    kind: kind === "manifests" ? "manifest" : kind === "blobs" ? "blob" : "ping",
    repository,
    atMs: performance.now(),
    from: incoming.socket.remoteAddress ?? "",
    hungUp,
  };
}

/** Streams the request to the registry and its answer back. */
function passOn(
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
  registry: string,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const url = `http://${registry}${incoming.url ?? "/"}`;
  const headers = { ...incoming.headers, host: registry };
  const upstream = http.request(url, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
    answer.on("error", reject);
  });
  upstream.on("error", reject);
  outgoing.on("close", () => {
    upstream.destroy();
    resolve();
  });
  incoming.pipe(upstream);
  return promise;
}
