import { once } from "node:events";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { untilAborted } from "../../../agent/testing/script.ts";
import type { RegistryFault } from "./registry-fault.ts";
import type { RegistryRequest } from "./registry-front.ts";

// Slow answers come in pieces, of which the runtime sees so many a second.
const piecesPerSecond = 20;

/** One exchange that a front has taken. */
export interface Exchange {
  readonly incoming: http.IncomingMessage;
  readonly outgoing: http.ServerResponse;
  readonly request: RegistryRequest;
  /** HOST:PORT of the registry. */
  readonly registry: string;
}

/** Answers as the registry does, but for the fault. Rejects where the runtime hangs up, or the registry is gone. */
export async function answer(exchange: Exchange, fault: RegistryFault): Promise<void> {
  const { outgoing, request } = exchange;
  const { hungUp } = request;
  if (fault.delayMs !== undefined) await sleep(fault.delayMs, undefined, { signal: hungUp });
  if (fault.isSilent) await untilAborted(hungUp);
  // Held until the runtime hung up: there is nobody to answer, and the passed-on request would never end.
  hungUp.throwIfAborted();
  if (fault.status !== undefined) answerItself(exchange, fault, fault.status);
  else if (request.kind === "token") outgoing.end(JSON.stringify({ token: "granted-to-anybody" }));
  else await passOn(exchange, fault);
}

function answerItself({ incoming, outgoing }: Exchange, fault: RegistryFault, status: number): void {
  const realm = `http://${incoming.headers.host}/token`;
  const challenges = { basic: 'Basic realm="front"', bearer: `Bearer realm="${realm}",service="front"` };
  const challenge = fault.challenge === undefined ? {} : { "www-authenticate": challenges[fault.challenge] };
  outgoing.writeHead(status, { "content-type": "application/json", ...challenge, ...fault.headers });
  outgoing.end(fault.body);
}

/** Streams the request to the registry and its answer back. */
async function passOn(exchange: Exchange, fault: RegistryFault): Promise<void> {
  const { incoming, outgoing, request, registry } = exchange;
  const url = `http://${registry}${pathFor(request, fault.instead)}`;
  const headers = { ...incoming.headers, host: registry };
  const upstream = http.request(url, { method: incoming.method, headers, signal: request.hungUp });
  // Once it has answered, the body's end says it too.
  upstream.on("error", () => {});
  incoming.pipe(upstream);
  const [answered] = (await once(upstream, "response")) as [http.IncomingMessage];
  const { afterBytes, ending } = fault.cut ?? { afterBytes: Number.POSITIVE_INFINITY, ending: "reset" };
  const length = Number(answered.headers["content-length"]);
  const shortened =
    ending === "shortened" && length > afterBytes ? { "content-length": String(afterBytes) } : {};
  outgoing.writeHead(answered.statusCode ?? 502, { ...answered.headers, ...shortened });
  const hasAll = await sendBody(answered, outgoing, fault, request.hungUp);
  if (hasAll || ending === "shortened") outgoing.end();
  else if (ending === "stalled") await untilAborted(request.hungUp);
  else if (ending === "truncated") outgoing.socket?.end();
  else outgoing.socket?.resetAndDestroy();
}

function pathFor({ path }: RegistryRequest, instead: RegistryFault["instead"]): string {
  const [, kind, reference = ""] = /^\/v2\/.+\/(manifests|blobs)\/(.+)$/.exec(path) ?? [];
  if (instead === undefined || kind === undefined) return path;
  return `/v2/${instead.repository}/${kind}/${reference.includes(":") ? reference : instead.tag}`;
}

/** Sends as much of the body as the fault lets through, and says whether that is all of it. */
async function sendBody(
  body: AsyncIterable<Buffer>,
  outgoing: http.ServerResponse,
  { bytesPerSecond = Number.POSITIVE_INFINITY, cut, isChanged }: RegistryFault,
  signal: AbortSignal,
): Promise<boolean> {
  const limit = cut?.afterBytes ?? Number.POSITIVE_INFINITY;
  const startMs = performance.now();
  let sent = 0;
  for await (const chunk of body) {
    if (isChanged && sent === 0) chunk.writeUInt8(chunk.readUInt8(0) ^ 0xff, 0);
    const left = limit - sent;
    for (const piece of piecesOf(chunk.subarray(0, left), bytesPerSecond / piecesPerSecond)) {
      sent += piece.length;
      const aheadMs = startMs + (sent / bytesPerSecond) * 1000 - performance.now();
      if (aheadMs > 0) await sleep(aheadMs, undefined, { signal });
      await written(outgoing, piece);
    }
    if (chunk.length > left) return false;
  }
  return true;
}

function piecesOf(chunk: Buffer, longest: number): readonly Buffer[] {
  const step = Math.max(1, Math.floor(Math.min(longest, chunk.length)));
  const count = Math.ceil(chunk.length / step);
  return Array.from({ length: count }, (_, index) => chunk.subarray(index * step, (index + 1) * step));
}

/** Resolves once the kernel has it: a reset right after that comes in mid body, and not before it. */
function written(outgoing: http.ServerResponse, piece: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  outgoing.write(piece, (error) => (error ? reject(error) : resolve()));
  return promise;
}
