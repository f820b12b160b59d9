import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { latency, silence, together } from "./fault-rule.ts";
import { endingOf, getWhole } from "./http-client.ts";
import { mostAtOnce } from "./most-at-once.ts";
import {
  answers,
  bandwidth,
  movedTo,
  onRequests,
  type RegistryFault,
  resetAfter,
  shortenedTo,
  stalledAfter,
  throttled,
  truncatedAfter,
  unauthorized,
  wrongDigest,
} from "./registry-fault.ts";
import { type RegistryFront, serveRegistryFront } from "./registry-front.ts";

const layer = "/v2/team/app/blobs/sha256:aa";
const config = "/v2/team/app/blobs/sha256:bb";
const manifest = "/v2/team/app/manifests/1";
const body = "0123456789".repeat(100);

describe("a registry front", () => {
  let registry: http.Server;
  let asked: string[];
  let front: RegistryFront;

  before(async () => {
    registry = http.createServer((incoming, outgoing) => {
      asked.push(`${incoming.method} ${incoming.url}`);
      outgoing.writeHead(200, { "content-length": body.length }).end(body);
    });
    registry.listen(0, "127.0.0.1");
    await once(registry, "listening");
  });
  after(() => registry.close());
  beforeEach(async () => {
    asked = [];
    front = await serveRegistryFront(`127.0.0.1:${(registry.address() as AddressInfo).port}`, "127.0.0.1");
  });
  afterEach(() => front[Symbol.asyncDispose]());

  const always = (fault: RegistryFault) => front.setRule(onRequests({}, fault));
  const get = (path: string, headers?: Record<string, string>) => getWhole(front.address, path, headers);
  const statusOf = async (path: string, headers?: Record<string, string>) =>
    (await get(path, headers)).status;

  it("passes on what no rule names, and notes each request with its end", async () => {
    assert.equal((await get(layer, { accept: "a/b", range: "bytes=5-" })).text, body);
    assert.deepEqual(asked, [`GET ${layer}`]);
    const [request, ...others] = front.requests;
    assert.deepEqual(others, []);
    assert.ok(request);
    const { kind, repository, accepts, range, status, hungUp } = request;
    assert.deepEqual([kind, repository, accepts, range], ["blob", "team/app", "a/b", "bytes=5-"]);
    assert.deepEqual([status, hungUp.aborted], [200, false]);
    assert.ok((request.endedAtMs ?? 0) >= request.atMs);
  });

  it("answers with a status, the error's code and headers, without asking the registry", async () => {
    always(throttled(7));
    const { status, headers, text } = await get(manifest);
    assert.deepEqual([status, headers["retry-after"]], [429, "7"]);
    assert.equal(JSON.parse(text).errors[0].code, "TOOMANYREQUESTS");
    always(throttled(new Date(0)));
    assert.equal((await get(manifest)).headers["retry-after"], "Thu, 01 Jan 1970 00:00:00 GMT");
    always(throttled());
    assert.equal((await get(manifest)).headers["retry-after"], undefined);
    assert.deepEqual(asked, []);
    assert.deepEqual(
      front.requests.map(({ status }) => status),
      [429, 429, 429],
    );
  });

  it("meets only the requests that are meant", async () => {
    const ociConfig = { accept: "application/vnd.oci.image.config.v1+json, */*" };
    const dockerConfig = { accept: "application/vnd.docker.container.image.v1+json, */*" };
    const statuses = async () => [
      await statusOf("/v2/"),
      await statusOf(manifest),
      await statusOf(layer),
      await statusOf(config, ociConfig),
      await statusOf(config, dockerConfig),
      await statusOf("/v2/other/blobs/sha256:aa"),
    ];
    for (const [requests, expected] of [
      [{ kind: "ping" }, [500, 200, 200, 200, 200, 200]],
      [{ kind: "manifest" }, [200, 500, 200, 200, 200, 200]],
      [{ kind: "blob" }, [200, 200, 500, 500, 500, 500]],
      [{ kind: "layer" }, [200, 200, 500, 200, 200, 500]],
      [{ kind: "config" }, [200, 200, 200, 500, 500, 200]],
      [{ kind: "layer", repository: "team/app" }, [200, 200, 500, 200, 200, 200]],
      [{ method: "HEAD" }, [200, 200, 200, 200, 200, 200]],
      [{ from: "127.0.0.1" }, [500, 500, 500, 500, 500, 500]],
      [{ from: "127.0.0.2" }, [200, 200, 200, 200, 200, 200]],
    ] as const) {
      front.setRule(onRequests(requests, answers(500)));
      assert.deepEqual(await statuses(), expected, JSON.stringify(requests));
    }
  });

  it("injects several faults, each as often as it says", async () => {
    front.setRule(
      together(
        onRequests({ kind: "manifest" }, answers(503), { times: 1 }),
        onRequests({ kind: "manifest" }, answers(404), { after: 1, times: 1 }),
        onRequests({ kind: "layer" }, { ...wrongDigest, ...latency(1) }),
      ),
    );
    const statuses = [await statusOf(manifest), await statusOf(manifest), await statusOf(manifest)];
    assert.deepEqual(statuses, [503, 404, 200]);
    assert.notEqual((await get(layer)).text, body);
  });

  it("keeps to the forms of old: a promise that holds, and a bare status", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    front.setRule(({ kind }) => (kind === "blob" ? promise : undefined));
    const held = get(layer);
    while (front.requests.length === 0) await new Promise(setImmediate);
    await get(manifest);
    assert.equal(front.requests[0]?.endedAtMs, undefined);
    assert.deepEqual(asked, [`GET ${manifest}`]);
    resolve();
    assert.equal((await held).text, body);
    front.setRule(() => ({ status: 503 }));
    assert.equal(await statusOf(layer), 503);
  });

  it("demands a login, and grants tokens to anybody", async () => {
    always(unauthorized("basic"));
    assert.match((await get(manifest)).headers["www-authenticate"] ?? "", /^Basic realm=/);
    front.setRule(onRequests({ kind: "manifest" }, unauthorized("bearer")));
    const { status, headers } = await get(manifest, { authorization: "Bearer granted-to-anybody" });
    const [, realm = ""] =
      /^Bearer realm="http:\/\/[^/]+(\/[^"]*)",/.exec(headers["www-authenticate"] ?? "") ?? [];
    assert.equal(status, 401);
    assert.ok(JSON.parse((await get(realm)).text).token.length > 0);
    assert.equal(front.requests.at(-1)?.kind, "token");
    front.setRule(onRequests({ kind: "token" }, answers(403)));
    assert.equal(await statusOf(realm), 403);
  });

  it("breaks bodies off: reset, truncated, shortened; and one that is no longer arrives whole", async () => {
    always(resetAfter(300));
    assert.equal(await endingOf(front.address, layer), "ECONNRESET");
    always(truncatedAfter(300));
    assert.equal(await endingOf(front.address, layer), "end");
    const truncated = await get(layer);
    assert.deepEqual([truncated.text, truncated.headers["content-length"]], [body.slice(0, 300), "1000"]);
    assert.notEqual(truncated.broken, undefined);
    always(shortenedTo(300));
    const shortened = await get(layer);
    assert.deepEqual([shortened.text, shortened.headers["content-length"]], [body.slice(0, 300), "300"]);
    assert.equal(shortened.broken, undefined);
    assert.equal(front.requests.at(-1)?.hungUp.aborted, false);
    for (const fault of [resetAfter(1000), truncatedAfter(1000), shortenedTo(1000)]) {
      always(fault);
      assert.deepEqual([(await get(layer)).text, front.requests.at(-1)?.status], [body, 200]);
    }
  });

  it("stops in mid body and keeps the connection", async () => {
    always(stalledAfter(300));
    const { promise, resolve } = Promise.withResolvers<http.IncomingMessage>();
    const request = http.get(`http://${front.address}${layer}`, { agent: false }, resolve);
    const [chunk] = await once(await promise, "data");
    assert.equal(chunk.length, 300);
    assert.equal(front.requests[0]?.endedAtMs, undefined);
    request.on("error", () => {}).destroy();
    while (front.requests[0]?.endedAtMs === undefined) await new Promise(setImmediate);
    assert.deepEqual([front.requests[0]?.status, front.requests[0]?.hungUp.aborted], [200, true]);
  });

  it("changes one byte and no length", async () => {
    always(wrongDigest);
    const { text, headers } = await get(layer);
    assert.equal(headers["content-length"], "1000");
    assert.notEqual(text, body);
    assert.equal(text.slice(-999), body.slice(1));
  });

  it("lets others pass while one waits", async () => {
    front.setRule(onRequests({ kind: "blob" }, latency(50)));
    const waiting = get(layer);
    while (front.requests.length === 0) await new Promise(setImmediate);
    await get(manifest);
    await waiting;
    assert.deepEqual(asked, [`GET ${manifest}`, `GET ${layer}`]);
  });

  it("sends a body no faster than the bandwidth says", async () => {
    always(bandwidth(50_000));
    const startMs = performance.now();
    assert.equal((await get(layer)).text, body);
    assert.ok(performance.now() - startMs >= 19, "1,000 bytes at 50,000 a second");
  });

  it("asks for another repository's tag where the tag was moved, and for digests as they are", async () => {
    always(movedTo("team/next", "2"));
    await get(manifest);
    await get("/v2/team/app/manifests/sha256:cc");
    await get(layer);
    await get("/v2/");
    assert.deepEqual(asked, [
      "GET /v2/team/next/manifests/2",
      "GET /v2/team/next/manifests/sha256:cc",
      "GET /v2/team/next/blobs/sha256:aa",
      "GET /v2/",
    ]);
  });

  it("never answers in silence, notes who hangs up, and counts what is under way", async () => {
    always(silence);
    const requests = [layer, manifest].map((path) =>
      http.get(`http://${front.address}${path}`, { agent: false }).on("error", () => {}),
    );
    while (front.requests.length < 2) await new Promise(setImmediate);
    assert.equal(mostAtOnce(front.requests), 2);
    for (const request of requests) request.destroy();
    while (front.requests.some(({ hungUp }) => !hungUp.aborted)) await new Promise(setImmediate);
    assert.deepEqual(
      front.requests.map(({ status, endedAtMs }) => [status, endedAtMs !== undefined]),
      [
        [undefined, true],
        [undefined, true],
      ],
    );
    assert.deepEqual(asked, []);
  });

  it("refuses connections while it is away, and is itself again when it comes back", async () => {
    always(silence);
    const pending = get(layer);
    while (front.requests.length === 0) await new Promise(setImmediate);
    await Promise.all([assert.rejects(pending, { code: "ECONNRESET" }), front.stop()]);
    await assert.rejects(get(layer), { code: "ECONNREFUSED" });
    await front.start();
    always(answers(404));
    assert.equal(await statusOf(layer), 404);
  });
});
