import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { BlobFile } from "./blob-file.ts";

/** A cluster's registry under a name of the bench's own, which counts and can wait. Disposed of, it is gone. */
export interface BenchFront extends AsyncDisposable {
  /** `HOST:PORT`. */
  readonly address: string;
  /** Requests since `clear`. */
  readonly requests: number;
  /** Bytes of bodies since `clear` that the kernel has taken to send. */
  readonly bodyBytes: number;
  /** How long a request waits for its answer from now on, in milliseconds. */
  setDelay(delayMs: number): void;
  clear(): void;
}

/** What is behind a front. */
export interface FrontOptions {
  /** `HOST:PORT` of a plain-http registry. */
  readonly registry: string;
  /** The registry's blob of that digest, undefined where there is none. */
  blobFile(digest: string): Promise<BlobFile | undefined>;
}

/**
 * Opens a front on a free port of `host`, an address of this machine. Blobs come from the registry's files: to hand on what it says takes five
 * times the processor, which the runtimes that are measured would miss.
 */
export async function serveBenchFront(host: string, options: FrontOptions): Promise<BenchFront> {
  let delayMs = 0;
  let counts = { requests: 0, bodyBytes: 0 };
  const server = http.createServer(async (incoming, outgoing) => {
    // A transfer that outlives `clear` counts where it began.
    const counted = counts;
    counted.requests += 1;
    try {
      if (delayMs > 0) await sleep(delayMs);
      const body = await answer(incoming, outgoing, options);
      await send(body, outgoing, (bytes) => {
        counted.bodyBytes += bytes;
      });
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
    get requests() {
      return counts.requests;
    },
    get bodyBytes() {
      return counts.bodyBytes;
    },
    setDelay: (next) => {
      delayMs = next;
    },
    clear: () => {
      counts = { requests: 0, bodyBytes: 0 };
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Writes the answer's head and returns its body. */
async function answer(
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
  options: FrontOptions,
): Promise<Readable> {
  const { method, url = "", headers } = incoming;
  const digest = /^\/v2\/.+\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url)?.[1];
  const blob = method === "GET" && digest !== undefined ? await options.blobFile(digest) : undefined;
  if (blob !== undefined) return answerWithBlob(blob, headers.range, outgoing);
  const upstream = http.request(`http://${options.registry}${url}`, {
    ...(method === undefined ? {} : { method }),
    headers: { ...headers, host: options.registry },
  });
  incoming.pipe(upstream);
  const [answered] = (await once(upstream, "response")) as [http.IncomingMessage];
  outgoing.writeHead(answered.statusCode ?? 502, answered.headers);
  return answered;
}

function answerWithBlob(blob: BlobFile, range: string | undefined, outgoing: http.ServerResponse): Readable {
  // The only form in which runtimes ask: for the rest of what was broken off.
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  const part = start === 0 ? {} : { "content-range": `bytes ${start}-${blob.bytes - 1}/${blob.bytes}` };
  outgoing.writeHead(start === 0 ? 200 : 206, {
    "content-type": "application/octet-stream",
    "content-length": blob.bytes - start,
    ...part,
  });
  return blob.read(start);
}

async function send(
  body: Readable,
  outgoing: http.ServerResponse,
  count: (bytes: number) => void,
): Promise<void> {
  for await (const piece of body as AsyncIterable<Buffer>) {
    await taken(outgoing, piece);
    count(piece.length);
  }
  outgoing.end();
}

/** Resolves once the kernel has taken the piece, which it does as the runtime reads; rejects where that hung up. */
async function taken(outgoing: http.ServerResponse, piece: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  outgoing.write(piece, (error) => (error ? reject(error) : resolve()));
  await promise;
}
