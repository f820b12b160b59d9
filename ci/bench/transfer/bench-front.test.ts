import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { waitUntil } from "../../cluster/wait-until.ts";
import { getWhole } from "../../e2e/support/http-client.ts";
import { type BenchFront, serveBenchFront } from "./bench-front.ts";

const known = `sha256:${"a".repeat(64)}`;
const unknown = `sha256:${"b".repeat(64)}`;
const content = "0123456789";

describe("serveBenchFront()", () => {
  let registry: http.Server;
  let asked: string[];
  let front: BenchFront;

  before(async () => {
    registry = http.createServer((incoming, outgoing) => {
      asked.push(`${incoming.method} ${incoming.url} ${incoming.headers.accept}`);
      outgoing.writeHead(incoming.url?.includes("missing") ? 404 : 200, { "content-type": "some/thing" });
      outgoing.end("from the registry");
    });
    registry.listen(0, "127.0.0.1");
    await once(registry, "listening");
  });
  after(() => registry.close());
  beforeEach(async () => {
    asked = [];
    front = await serveBenchFront("127.0.0.1", {
      registry: `127.0.0.1:${(registry.address() as AddressInfo).port}`,
      blobFile: async (digest) =>
        digest === known
          ? { bytes: content.length, read: (start) => Readable.from([Buffer.from(content.slice(start))]) }
          : undefined,
    });
  });
  afterEach(() => front[Symbol.asyncDispose]());

  const get = (path: string, headers?: Record<string, string>) => getWhole(front.address, path, headers);

  it("passes on what is no blob, whatever the registry answers, and counts its body", async () => {
    const { status, headers, text } = await get("/v2/team/app/manifests/1", { accept: "a/b" });
    assert.deepEqual([status, headers["content-type"], text], [200, "some/thing", "from the registry"]);
    assert.equal((await get("/v2/missing/manifests/1")).status, 404);
    assert.equal(asked[0], "GET /v2/team/app/manifests/1 a/b");
    assert.deepEqual([front.requests, front.bodyBytes], [2, 2 * "from the registry".length]);
  });

  it("sends a blob from the registry's files without asking the registry", async () => {
    const { status, headers, text } = await get(`/v2/team/app/blobs/${known}`);
    assert.deepEqual([status, headers["content-length"], text], [200, "10", content]);
    assert.deepEqual([asked, front.requests, front.bodyBytes], [[], 1, 10]);
  });

  it("asks the registry for a blob that has no file", async () => {
    assert.equal((await get(`/v2/team/app/blobs/${unknown}`)).text, "from the registry");
  });

  it("sends the rest of a blob, and counts no more than that", async () => {
    const { status, headers, text } = await get(`/v2/team/app/blobs/${known}`, { range: "bytes=7-" });
    assert.deepEqual([status, headers["content-range"], text], [206, "bytes 7-9/10", "789"]);
    assert.equal(front.bodyBytes, 3);
  });

  it("counts the body of a HEAD request as none", async () => {
    const request = http.request(`http://${front.address}/v2/team/app/blobs/${known}`, { method: "HEAD" });
    const [answer] = (await once(request.end(), "response")) as [http.IncomingMessage];
    answer.resume();
    await once(answer, "end");
    assert.deepEqual([front.requests, front.bodyBytes], [1, 0]);
  });

  it("waits before it answers, and no longer once it is told so", async () => {
    front.setDelay(30);
    const startMs = performance.now();
    await get(`/v2/team/app/blobs/${known}`);
    assert.ok(performance.now() - startMs >= 29);
    front.setDelay(0);
    await get(`/v2/team/app/blobs/${known}`);
  });

  it("forgets what was asked before it is cleared", async () => {
    await get(`/v2/team/app/blobs/${known}`);
    front.clear();
    assert.deepEqual([front.requests, front.bodyBytes], [0, 0]);
  });

  it("counts of a transfer that is broken off about what was sent, and reads no further", async (t) => {
    const piece = Buffer.alloc(1 << 18);
    let read = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          read += piece.length;
          yield piece;
        }
      })(),
    );
    const large = await serveBenchFront("127.0.0.1", {
      registry: front.address,
      blobFile: async () => ({ bytes: 1e12, read: () => endless }),
    });
    t.after(() => large[Symbol.asyncDispose]());
    const request = http.get(`http://${large.address}/v2/team/app/blobs/${known}`);
    const [answer] = (await once(request, "response")) as [http.IncomingMessage];
    await once(answer, "readable");
    answer.on("error", () => {});
    request.destroy();
    await waitUntil("a front that reads no further", 5_000, () => endless.destroyed, 5);
    assert.ok(large.bodyBytes > 0 && large.bodyBytes <= read, `${large.bodyBytes} of ${read}`);
    // A socket holds some megabytes.
    assert.ok(read < 1e8, `${read}`);
  });
});
