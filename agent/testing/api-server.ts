import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiStream } from "./api-stream.ts";

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a request comes to: a whole answer; a stream; no answer; headers and then nothing; or a connection that breaks. */
export type ApiStep =
  | ApiStream
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body: string }
  | "hangs"
  | "hangs-after-headers"
  | "breaks";

/**
 * An HTTP server in the API server's place: it keeps one Node, merges patches into it, and does as scripted. Each change
 * gives the Node another version, and a patch that names an older one is a conflict.
 */
export interface ApiServer {
  readonly url: string;
  /** A kubeconfig file that leads here, with the token `planted-token`. */
  readonly kubeConfigPath: string;
  readonly requests: ApiRequest[];
  /** The Node's labels and annotations. */
  readonly metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  /** The Node's conditions. */
  readonly conditions: { type: string; status: string }[];
  /** The one token that is let in; any is while it is undefined. */
  token: string | undefined;
  on(...steps: readonly ApiStep[]): void;
  /** How many connections were made so far. */
  connectionCount(): number;
  /** Resolves when the next request has arrived. */
  arrived(): Promise<void>;
  close(): Promise<void>;
}

export async function startApiServer(): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), "api-"));
  const kubeConfigPath = join(folder, "kubeconfig");
  const steps: ApiStep[] = [];
  const requests: ApiRequest[] = [];
  const metadata: ApiServer["metadata"] = { labels: {}, annotations: {} };
  const conditions: ApiServer["conditions"] = [];
  let version = 1;
  const events = new EventTarget();

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await request.toArray()).join("");
    requests.push({
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body,
    });
    const step = steps.shift();
    events.dispatchEvent(new Event("arrived"));
    if (step === "hangs") return;
    if (step === "breaks") request.socket.destroy();
    else if (step === "hangs-after-headers") response.writeHead(200, { "content-length": "100" }).write("{");
    else if (step !== undefined && "answer" in step) step.answer(response);
    else if (step !== undefined) response.writeHead(step.status, step.headers).end(step.body);
    else {
      const { code, object } = patched(request.headers.authorization, body);
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(object));
    }
  };

  const patched = (authorization: string | undefined, body: string): { code: number; object: object } => {
    if (api.token !== undefined && authorization !== `Bearer ${api.token}`)
      return failure(401, "Unauthorized");
    const patch = (JSON.parse(body) as { metadata?: Partial<Patch> }).metadata ?? {};
    if (patch.resourceVersion !== undefined && patch.resourceVersion !== String(version)) {
      return failure(409, "the object has been modified; please apply your changes to the latest version");
    }
    const before = JSON.stringify(metadata);
    merge(metadata, patch);
    if (JSON.stringify(metadata) !== before) version += 1;
    const named = { name: "node-1", resourceVersion: String(version), ...metadata };
    return {
      code: 200,
      object: { kind: "Node", apiVersion: "v1", metadata: named, status: { conditions } },
    };
  };

  const server = createServer((request, response) => void answer(request, response));
  let connectionCount = 0;
  server.on("connection", () => {
    connectionCount += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(kubeConfigPath, kubeConfigFor(url));
  const api: ApiServer = {
    url,
    kubeConfigPath,
    requests,
    metadata,
    conditions,
    token: undefined,
    on: (...more) => steps.push(...more),
    connectionCount: () => connectionCount,
    arrived: async () => {
      await once(events, "arrived");
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return api;
}

function failure(code: number, message: string) {
  return { code, object: { kind: "Status", apiVersion: "v1", status: "Failure", code, message } };
}

interface Patch {
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
}

function merge(metadata: ApiServer["metadata"], patch: Partial<Patch>): void {
  for (const field of ["labels", "annotations"] as const) {
    for (const [key, value] of Object.entries(patch[field] ?? {})) {
      if (value === null) delete metadata[field][key];
      else metadata[field][key] = value;
    }
  }
}

/** A kubeconfig for one server; JSON is YAML too. client-node speaks plain HTTP only where TLS is not verified. */
export function kubeConfigFor(url: string, user: object = { token: "planted-token" }): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster: { server: url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "test", user }],
  });
}
