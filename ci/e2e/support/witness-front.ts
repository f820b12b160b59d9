import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { userFrom } from "./authorization.ts";

/** One request, with who made it. */
export interface WitnessedRequest {
  readonly method: string;
  readonly path: string;
  /** What the path names: `ping` is `/v2/`. */
  readonly kind: "ping" | "manifest" | "blob" | "other";
  /** The scheme of its Authorization header, in lower case; undefined where it has none. */
  readonly scheme: string | undefined;
  /** Who the header says is asking. Whether that is so, the status says. */
  readonly user: string | undefined;
  /** Undefined until it was answered. */
  readonly status: number | undefined;
}

/** A front that passes all on and notes who asked. */
export interface WitnessFront extends AsyncDisposable {
  /** `HOST:PORT`. */
  readonly address: string;
  readonly requests: readonly WitnessedRequest[];
  /** Forgets the requests so far. */
  clear(): void;
}

export interface WitnessOptions {
  /** Where the registry listens. */
  readonly upstream: { readonly socketPath: string } | { readonly host: string; readonly port: number };
  /** HOST:PORT to which whoever may have a blob is sent for it (307); by default blobs come from here. */
  readonly redirectBlobsTo?: string;
}

/** Opens a front before a plain-http registry on a free port of `host`, an address of this machine. */
export async function serveWitnessFront(host: string, options: WitnessOptions): Promise<WitnessFront> {
  const requests: WitnessedRequest[] = [];
  const server = http.createServer(async (incoming, outgoing) => {
    const request = requestFrom(incoming);
    requests.push(request);
    try {
      const answer = await ask(incoming, options);
      request.status = answer.statusCode;
      const isRedirected = request.kind === "blob" && answer.statusCode === 200;
      if (isRedirected && options.redirectBlobsTo !== undefined) {
        answer.destroy();
        request.status = 307;
        outgoing.writeHead(307, { location: `http://${options.redirectBlobsTo}${request.path}` }).end();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    } catch {
      // The runtime hung up, or the registry is gone: either way it meets a broken answer.
      outgoing.destroy();
    }
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `${host}:${port}`,
    requests,
    clear: () => {
      requests.length = 0;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function ask(
  incoming: http.IncomingMessage,
  { upstream }: WitnessOptions,
): Promise<http.IncomingMessage> {
  const { method, url, headers } = incoming;
  const asked = http.request({ ...upstream, method, path: url, headers, agent: false });
  incoming.pipe(asked);
  const [answer] = (await once(asked, "response")) as [http.IncomingMessage];
  // Once it has answered, the body's end says it too.
  asked.on("error", () => {});
  return answer;
}

function requestFrom({ method = "", url: path = "", headers }: http.IncomingMessage) {
  const request: Writable<WitnessedRequest> = {
    method,
    path,
    kind: kindOf(path),
    scheme: headers.authorization?.split(" ", 1)[0]?.toLowerCase(),
    user: userFrom(headers.authorization),
    status: undefined,
  };
  return request;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function kindOf(path: string): WitnessedRequest["kind"] {
  if (/^\/v2\/.+\/manifests\//.test(path)) return "manifest";
  if (/^\/v2\/.+\/blobs\//.test(path)) return "blob";
  return path === "/v2/" ? "ping" : "other";
}
