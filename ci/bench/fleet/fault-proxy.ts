import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultDraw, FaultKind } from "./fault-draw.ts";

/** A front of the API server through which agents meet faults. */
export interface FaultProxy extends AsyncDisposable {
  /** Plain HTTP. */
  readonly url: string;
  /** How many requests have come. */
  readonly requests: number;
  /** How many of them the API server has answered. */
  readonly answered: number;
  /** How often each fault has befallen one. */
  readonly faults: ReadonlyMap<FaultKind, number>;
  /** Returns once every request that was held back has arrived at the API server. */
  allArrived(): Promise<void>;
}

export interface FaultProxyOptions {
  /** The API server. */
  readonly upstream: string;
  /** What its certificate is checked by; undefined for plain HTTP. */
  readonly ca?: Buffer;
  readonly draw: FaultDraw;
  /** Changes the Node as somebody else would. */
  readonly changeNode: (nodeName: string) => Promise<void>;
  /** How long a request is held back that arrives late; longer than an agent waits for its answer. */
  readonly lateMs: number;
}

/** Opens the front on a free port of this machine's loopback. */
export async function serveFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { draw } = options;
  const ordinals = new Map<string, number>();
  const faults = new Map<FaultKind, number>();
  const heldBack = new Set<Promise<unknown>>();
  const forward = createForward(options);
  let requests = 0;

  const server = http.createServer(async (incoming, outgoing) => {
    requests += 1;
    const node = nodeIn(incoming.url);
    const ordinal = ordinals.get(node) ?? 0;
    ordinals.set(node, ordinal + 1);
    const fault = draw(node, ordinal);
    if (fault !== undefined) faults.set(fault, (faults.get(fault) ?? 0) + 1);
    try {
      const handled = answerWith(fault, { incoming, outgoing, node, forward, options });
      heldBack.add(handled);
      await handled.finally(() => heldBack.delete(handled));
    } catch {
      // The API server is not there, or the agent is not: a broken connection either way.
      outgoing.destroy();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    get answered() {
      return forward.answered;
    },
    faults,
    allArrived: async () => void (await Promise.allSettled(heldBack)),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      forward.close();
      await closed;
    },
  };
}

interface Exchange {
  readonly incoming: http.IncomingMessage;
  readonly outgoing: http.ServerResponse;
  readonly node: string;
  readonly forward: Forward;
  readonly options: FaultProxyOptions;
}

async function answerWith(fault: FaultKind | undefined, exchange: Exchange): Promise<void> {
  const { incoming, outgoing, node, forward, options } = exchange;
  const body = Buffer.concat((await incoming.toArray()) as Buffer[]);
  const applied = async () => forward.send(incoming, body);
  switch (fault) {
    case undefined:
      return pass(await applied(), outgoing);
    case "conflict":
      await options.changeNode(node);
      return pass(await applied(), outgoing);
    case "throttled":
      return say(outgoing, 429, { "retry-after": "1" });
    case "error-after":
      await applied();
      return say(outgoing, 500);
    case "error-before":
      return say(outgoing, 500);
    case "reset-after":
      await applied();
      return void outgoing.destroy();
    case "reset-before":
      return void outgoing.destroy();
    case "silent-after":
      return void (await applied());
    case "silent-before":
      return;
    case "late":
      await sleep(options.lateMs);
      return void (await applied());
  }
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

function pass({ status, headers, body }: Answer, outgoing: http.ServerResponse): void {
  const { connection: _connection, "transfer-encoding": _encoding, ...others } = headers;
  outgoing.writeHead(status, { ...others, "content-length": body.length }).end(body);
}

function say(outgoing: http.ServerResponse, code: number, headers: http.OutgoingHttpHeaders = {}): void {
  const status = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    message: "a fault of the bench",
    code,
  };
  outgoing.writeHead(code, { ...headers, "content-type": "application/json" }).end(JSON.stringify(status));
}

interface Forward {
  readonly answered: number;
  send(incoming: http.IncomingMessage, body: Buffer): Promise<Answer>;
  close(): void;
}

function createForward({ upstream, ca }: FaultProxyOptions): Forward {
  const kept = { keepAlive: true, maxSockets: 64 };
  const agent = ca === undefined ? new http.Agent(kept) : new https.Agent({ ...kept, ca });
  const request = ca === undefined ? http.request : https.request;
  let answered = 0;
  return {
    get answered() {
      return answered;
    },
    send: async ({ method, url, headers }, body) => {
      const { host: _host, connection: _connection, ...others } = headers;
      const sent = request(`${upstream}${url}`, { method: method ?? "GET", agent, headers: others });
      sent.end(body);
      const [response] = (await once(sent, "response")) as [http.IncomingMessage];
      answered += 1;
      const chunks = (await response.toArray()) as Buffer[];
      return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
    },
    close: () => agent.destroy(),
  };
}

function nodeIn(url = ""): string {
  return /^\/api\/v1\/nodes\/([^/?]+)/.exec(url)?.[1] ?? "";
}
