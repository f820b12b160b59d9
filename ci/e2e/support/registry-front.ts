import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { trust } from "../../cluster/cluster.ts";
import type { FaultRule } from "./fault-rule.ts";
import type { RegistryFault } from "./registry-fault.ts";
import { answer } from "./registry-fault-answer.ts";
import { testCluster } from "./scene.ts";

/** One request that a runtime made. */
export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  /** What the path names: `ping` is `/v2/`, `token` is where a front's own challenge sends to. */
  readonly kind: "ping" | "manifest" | "blob" | "token";
  /** Undefined for a ping and a token. */
  readonly repository: string | undefined;
  /** The media types that the runtime accepts, as it wrote them. */
  readonly accepts: string;
  /** The bytes that the runtime still wants, such as `bytes=4096-`; undefined where it wants all. */
  readonly range: string | undefined;
  /** Milliseconds of this process's clock (`performance.now()`). */
  readonly atMs: number;
  /** When the answer had gone out whole, or the connection was lost; undefined until then. */
  readonly endedAtMs: number | undefined;
  /** What was answered; undefined until it ended, and where nothing was. A body that was cut has its status too. */
  readonly status: number | undefined;
  /** The address of the node, so that nodes can be told apart. */
  readonly from: string;
  /** Aborts when the node hung up before it had the whole answer. */
  readonly hungUp: AbortSignal;
}

/**
 * What a front does with a request besides passing it on: it may wait, and it may inject a fault. `onRequests` and
 * `together` (registry-fault.ts, fault-rule.ts) make rules.
 */
export type FrontRule = FaultRule<RegistryRequest, RegistryFault>;

/** A story's own name for the cluster's registry: it counts what is asked, and can hold or refuse it. */
export interface RegistryFront extends AsyncDisposable {
  /** `HOST:PORT`, trusted by every node. */
  readonly address: string;
  readonly requests: readonly RegistryRequest[];
  /** The rule for the requests from now on; undefined passes all on. */
  setRule(rule: FrontRule | undefined): void;
  /** Forgets the requests so far. */
  clear(): void;
  /** Goes away: connections break, and new ones are refused. */
  stop(): Promise<void>;
  /** Comes back with the same address and rule. */
  start(): Promise<void>;
}

/** Opens a front before the test cluster's registry on a port of the cluster's bridge. */
export async function openRegistryFront(): Promise<RegistryFront> {
  const cluster = testCluster();
  const front = await serveRegistryFront(cluster.registry, cluster.gateway);
  await trust(cluster, front.address);
  return front;
}

/** Opens a front before the plain-http registry at HOST:PORT on a free port of `host`, an address of this machine. */
export async function serveRegistryFront(registry: string, host: string): Promise<RegistryFront> {
  const requests: RegistryRequest[] = [];
  let rule: FrontRule | undefined;

  const server = http.createServer(async (incoming, outgoing) => {
    const request = requestFrom(incoming, outgoing);
    requests.push(request);
    try {
      const fault = await rule?.(request);
      await answer({ incoming, outgoing, request, registry }, fault ?? {});
    } catch {
      // The runtime hung up (its pull was cancelled), or the registry is gone: either way it meets a broken answer.
      outgoing.destroy();
    }
  });
  const listenOn = async (port: number) => {
    server.listen(port, host);
    await once(server, "listening");
  };
  await listenOn(0);
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    address: `${host}:${port}`,
    requests,
    setRule: (next) => {
      rule = next;
    },
    clear: () => {
      requests.length = 0;
    },
    stop,
    start: () => listenOn(port),
    [Symbol.asyncDispose]: stop,
  };
}

function requestFrom(incoming: http.IncomingMessage, outgoing: http.ServerResponse): RegistryRequest {
  const path = incoming.url ?? "";
  const [, repository, kind] = /^\/v2\/(.+)\/(manifests|blobs)\//.exec(path) ?? [];
  const hungUp = new AbortController();
  const request = {
    method: incoming.method ?? "",
    path,
    kind: kindOf(path, kind),
    repository,
    accepts: incoming.headers.accept ?? "",
    range: incoming.headers.range,
    atMs: performance.now(),
    endedAtMs: undefined as number | undefined,
    status: undefined as number | undefined,
    from: incoming.socket.remoteAddress ?? "",
    hungUp: hungUp.signal,
  };
  outgoing.on("close", () => {
    request.endedAtMs = performance.now();
    if (outgoing.headersSent) request.status = outgoing.statusCode;
    if (!outgoing.writableFinished) hungUp.abort();
  });
  return request;
}

function kindOf(path: string, kind: string | undefined): RegistryRequest["kind"] {
  if (kind === "manifests") return "manifest";
  if (kind === "blobs") return "blob";
  return path.startsWith("/token") ? "token" : "ping";
}
