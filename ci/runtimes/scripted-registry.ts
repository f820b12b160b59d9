import http from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Served, TinyImage } from "./tiny-image.ts";

/** One request of a runtime, by what it is about. */
export interface Ask {
  readonly method: string;
  /** `manifest` by tag or digest, `layer`, `config`, an unknown `blob`, or a `token` at `/token/<repository>`. */
  readonly kind: "manifest" | "layer" | "config" | "blob" | "token" | "other";
  readonly repository: string;
  /** Tag or digest. */
  readonly reference: string;
  /** `HOST:PORT` as the runtime wrote it. */
  readonly host: string;
  readonly hasCredential: boolean;
  /** Undefined where the runtime sent none, or one of another scheme. */
  readonly login: Login | undefined;
  /** The fields of a form that was posted, as OAuth's token requests are; empty where none was. */
  readonly form: Readonly<Record<string, string>>;
}

/** What a request proves itself with. */
export type Login =
  | { readonly scheme: "basic"; readonly username: string; readonly password: string }
  | { readonly scheme: "bearer"; readonly token: string };

/** What the registry does with a request. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Breaks the connection after so many bytes of the body: by a reset, or by an end that looks orderly. */
  readonly cut?: { readonly after: number; readonly by: "reset" | "end" };
  /** Sends half of the body, or nothing at all where there is none, and then says nothing more. */
  readonly hangs?: boolean;
}

/** What one repository has, and how it misbehaves: where `reply` is undefined, it answers as a registry does that is well. */
export interface Repository {
  readonly image: TinyImage;
  /** What the tag leads to; the image's manifest by default. */
  readonly tagged?: Served;
  readonly reply?: (ask: Ask) => Reply | undefined;
}

/** A registry whose repositories misbehave each in its own way. It has no other names and takes no images. */
export interface ScriptedRegistry extends AsyncDisposable {
  readonly port: number;
  /** Every request so far, with the credentials that were sent. */
  readonly asks: readonly Ask[];
  /** Whether a reply of the repository has begun to hang. */
  hangsFor(repository: string): boolean;
}

/** Where a registry listens: with `tls` by https. */
export interface Listening {
  readonly host: string;
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

/** Opens a registry with these repositories by their names. */
export async function openScriptedRegistry(
  repositories: Readonly<Record<string, Repository>>,
  { host, tls }: Listening,
): Promise<ScriptedRegistry> {
  const hanging = new Set<string>();
  const asks: Ask[] = [];
  const answer = async (incoming: http.IncomingMessage, outgoing: http.ServerResponse) => {
    const found = askFrom(incoming, repositories, incoming.method === "POST" ? await bodyOf(incoming) : "");
    asks.push(found);
    const repository = repositories[found.repository];
    const reply = repository?.reply?.(found) ?? healthyReply(found, repository);
    if (reply.hangs === true) hanging.add(found.repository);
    send(reply, found.method, outgoing);
  };
  const listener: http.RequestListener = (incoming, outgoing) =>
    // A request that broke off has nobody left to be answered.
    void answer(incoming, outgoing).catch(() => outgoing.destroy());
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    // Whoever hangs up in whatever way is of no interest here.
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    sockets.add(socket);
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asks,
    hangsFor: (repository) => hanging.has(repository),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function askFrom(
  incoming: http.IncomingMessage,
  repositories: Readonly<Record<string, Repository>>,
  body: string,
): Ask {
  const { pathname } = new URL(incoming.url ?? "/", "http://registry.invalid");
  const [, name = "", what, reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? [];
  const [, token] = /^\/token\/(.+)$/.exec(pathname) ?? [];
  const repository = token ?? name;
  const image = repositories[repository]?.image;
  const blob =
    reference === image?.layer.digest ? "layer" : reference === image?.config.digest ? "config" : "blob";
  const kind =
    token !== undefined ? "token" : what === "manifests" ? "manifest" : what === "blobs" ? blob : "other";
  const { host = "", authorization } = incoming.headers;
  return {
    method: incoming.method ?? "",
    kind,
    repository,
    reference,
    host,
    hasCredential: authorization !== undefined,
    login: loginFrom(authorization),
    form: Object.fromEntries(new URLSearchParams(body)),
  };
}

function loginFrom(authorization = ""): Login | undefined {
  const [scheme = "", value = ""] = authorization.split(" ");
  if (scheme === "Bearer") return { scheme: "bearer", token: value };
  if (scheme !== "Basic") return undefined;
  const [username = "", ...password] = Buffer.from(value, "base64").toString("utf8").split(":");
  return { scheme: "basic", username, password: password.join(":") };
}

async function bodyOf(incoming: http.IncomingMessage): Promise<string> {
  return Buffer.concat(await incoming.toArray()).toString("utf8");
}

function healthyReply({ kind, reference }: Ask, repository: Repository | undefined): Reply {
  if (repository === undefined) return refusal(404, "NAME_UNKNOWN", "repository name not known to registry");
  const { image, tagged = image.manifest } = repository;
  if (kind === "token") return { body: JSON.stringify({ token: "dG9rZW4" }) };
  if (kind === "other") return {};
  const all = [image.layer, image.config, image.manifest, tagged];
  const content = all.find(({ digest }) => digest === reference);
  if (content !== undefined) return replyWith(content);
  if (kind === "manifest" && reference === "1") return replyWith(tagged);
  return kind === "manifest"
    ? refusal(404, "MANIFEST_UNKNOWN", "manifest unknown")
    : refusal(404, "BLOB_UNKNOWN", "blob unknown to registry");
}

/** The answer that has this content. */
export function replyWith({ mediaType, digest, bytes }: Served): Reply {
  return { headers: { "content-type": mediaType, "docker-content-digest": digest }, body: bytes };
}

/** A refusal in the form that registries have agreed on. */
export function refusal(status: number, code: string, message: string): Reply {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return { status, headers: { "content-type": "application/json" }, body };
}

function send(reply: Reply, method: string, outgoing: http.ServerResponse): void {
  const { status = 200, headers = {}, body = "", cut, hangs } = reply;
  const bytes = Buffer.from(body);
  if (hangs === true && reply.body === undefined) return;
  outgoing.writeHead(status, { ...headers, "content-length": String(bytes.length) });
  if (method === "HEAD") return void outgoing.end();
  if (hangs === true) return void outgoing.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
  if (cut === undefined) return void outgoing.end(bytes);
  const { socket } = outgoing;
  outgoing.write(bytes.subarray(0, cut.after), () => {
    if (cut.by === "reset") socket?.resetAndDestroy();
    else socket?.end();
  });
}
