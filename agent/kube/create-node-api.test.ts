import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { NodeApi } from "../node-api.ts";
import { type ApiServer, kubeConfigFor, startApiServer } from "../testing/api-server.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { createNodeApi } from "./create-node-api.ts";

const key = "image-prefetcher.stackrox.io/my-images";
const never = new AbortController().signal;
const path = "/api/v1/nodes/node-1?fieldManager=image-prefetcher";

const statusOf = (code: number, fields: object) =>
  JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, ...fields });

describe("createNodeApi()", () => {
  let server: ApiServer;
  let clock: FakeClock;
  let nodeApi: NodeApi;
  const kubeConfigBefore = process.env.KUBECONFIG;
  const create = (nodeName = "node-1") => createNodeApi({ nodeName, key, clock });
  before(async () => {
    server = await startApiServer();
    process.env.KUBECONFIG = server.kubeConfigPath;
  });
  after(async () => {
    if (kubeConfigBefore === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = kubeConfigBefore;
    await server.close();
  });
  beforeEach(() => {
    clock = createFakeClock();
    nodeApi = create();
    server.requests.splice(0);
    server.metadata.labels = { "kubernetes.io/os": "linux" };
    server.metadata.annotations = {};
  });
  afterEach(() => assert.equal(clock.pendingCount(), 0));

  it("reads by a patch that changes nothing", async () => {
    server.metadata.labels[key] = "succeeded";
    server.metadata.annotations[key] = "{}";
    const answer = await nodeApi.read(never);
    assert.deepEqual(answer, { kind: "node", marks: { label: "succeeded", annotation: "{}" } });
    const [request] = server.requests;
    assert.deepEqual([request?.method, request?.path, request?.body], ["PATCH", path, "{}"]);
    assert.equal(request?.headers["content-type"], "application/merge-patch+json");
    assert.equal(request?.headers.accept, "application/json");
    assert.equal(request?.headers.authorization, "Bearer planted-token");
  });

  it("finds nothing on a Node without label and annotation", async () => {
    assert.deepEqual(await nodeApi.read(never), {
      kind: "node",
      marks: { label: undefined, annotation: undefined },
    });
  });

  it("writes label and annotation in one merge patch of the own key, and nothing else", async () => {
    const answer = await nodeApi.write({ label: "failed", annotation: '{"v":1}' }, never);
    assert.deepEqual(answer, { kind: "node", marks: { label: "failed", annotation: '{"v":1}' } });
    const [request] = server.requests;
    assert.deepEqual([request?.method, request?.path], ["PATCH", path]);
    assert.deepEqual(JSON.parse(request?.body ?? ""), {
      metadata: { labels: { [key]: "failed" }, annotations: { [key]: '{"v":1}' } },
    });
    assert.equal(server.metadata.labels["kubernetes.io/os"], "linux");
  });

  it("removes the label by null, the annotation staying", async () => {
    server.metadata.labels[key] = "succeeded";
    await nodeApi.write({ label: undefined, annotation: "{}" }, never);
    assert.equal(
      server.requests[0]?.body,
      `{"metadata":{"labels":{"${key}":null},"annotations":{"${key}":"{}"}}}`,
    );
    assert.deepEqual(server.metadata, {
      labels: { "kubernetes.io/os": "linux" },
      annotations: { [key]: "{}" },
    });
  });

  it("keeps a Node's name inside its place in the path", async () => {
    await create("../pods?x=/y").read(never);
    assert.match(server.requests[0]?.path ?? "", /^\/api\/v1\/nodes\/\.\.%2Fpods%3Fx%3D%2Fy\?fieldManager/);
  });

  const answers: readonly [what: string, status: number, body: string, expected: object][] = [
    [
      "403 of RBAC or a policy",
      403,
      statusOf(403, { message: 'nodes "node-1" is forbidden', reason: "Forbidden" }),
      { kind: "refused", message: 'patch nodes/node-1: nodes "node-1" is forbidden (HTTP 403)' },
    ],
    [
      "422 of a policy",
      422,
      statusOf(422, { message: "denied request: another node" }),
      { kind: "refused", message: "patch nodes/node-1: denied request: another node (HTTP 422)" },
    ],
    [
      "404 of a Node",
      404,
      statusOf(404, {
        message: 'nodes "node-1" not found',
        reason: "NotFound",
        details: { name: "node-1", kind: "nodes" },
      }),
      { kind: "gone" },
    ],
    [
      "404 of a proxy",
      404,
      "404 page not found",
      { kind: "unavailable", message: "404 page not found (HTTP 404)" },
    ],
    [
      "404 of a path that is not there",
      404,
      statusOf(404, {
        message: "the server could not find the requested resource",
        reason: "NotFound",
        details: {},
      }),
      { kind: "unavailable", message: "the server could not find the requested resource (HTTP 404)" },
    ],
    [
      "401",
      401,
      statusOf(401, { message: "Unauthorized" }),
      { kind: "unavailable", message: "Unauthorized (HTTP 401)" },
    ],
    [
      "409",
      409,
      statusOf(409, { message: "the object has been modified" }),
      { kind: "unavailable", message: "the object has been modified (HTTP 409)" },
    ],
    [
      "500 of a proxy, cut",
      500,
      "x".repeat(5_000),
      { kind: "unavailable", message: `${"x".repeat(300)} (HTTP 500)` },
    ],
    ["503 without a body", 503, "", { kind: "unavailable", message: " (HTTP 503)" }],
    [
      "200 that is no JSON",
      200,
      "<html>",
      { kind: "unavailable", message: "the API server's answer is no JSON" },
    ],
    [
      "200 that breaks off",
      200,
      '{"kind":"No',
      { kind: "unavailable", message: "the API server's answer is no JSON" },
    ],
    [
      "200 that is no Node",
      200,
      "{}",
      { kind: "unavailable", message: "the API server's answer is no Node" },
    ],
    ["200 that is null", 200, "null", { kind: "unavailable", message: "the API server's answer is no JSON" }],
  ];
  for (const [what, status, body, expected] of answers) {
    it(`understands a ${what}`, async () => {
      server.on({ status, body });
      assert.deepEqual(await nodeApi.read(never), expected);
    });
  }

  const waits: readonly [header: string, retryAfterMs: number | undefined][] = [
    ["7", 7_000],
    ["0", 0],
    ["Fri, 02 Jan 2026 03:04:15 GMT", 10_000],
    ["Fri, 02 Jan 2026 03:00:00 GMT", 0],
    ["soon", undefined],
  ];
  for (const [header, retryAfterMs] of waits) {
    it(`reads the Retry-After ${header} of a 429`, async () => {
      server.on({
        status: 429,
        headers: { "retry-after": header },
        body: statusOf(429, { message: "too many" }),
      });
      assert.deepEqual(await nodeApi.read(never), {
        kind: "unavailable",
        message: "too many (HTTP 429)",
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    });
  }

  for (const step of ["hangs", "hangs-after-headers"] as const) {
    it(`gives up after 10 s where the server ${step.replaceAll("-", " ")}`, async () => {
      server.on(step);
      const arrived = server.arrived();
      const answer = nodeApi.read(never);
      await arrived;
      await clock.advance(9_999);
      assert.equal(await Promise.race([answer, "still waiting"]), "still waiting");
      await clock.advance(1);
      assert.deepEqual(await answer, {
        kind: "unavailable",
        message: "the API server did not answer within 10 s",
      });
    });
  }

  it("rejects with the reason as soon as its signal aborts", async () => {
    server.on("hangs");
    const controller = new AbortController();
    const reason = new Error("told to end");
    const arrived = server.arrived();
    const rejects = assert.rejects(nodeApi.read(controller.signal), reason);
    await arrived;
    controller.abort(reason);
    await rejects;
  });

  it("is unavailable where the connection breaks, and works with the next request", async () => {
    server.on("breaks");
    const answer = await nodeApi.read(never);
    assert.ok(answer.kind === "unavailable");
    assert.match(answer.message, /^the API server cannot be reached: /);
    assert.equal((await nodeApi.read(never)).kind, "node");
  });

  it("is unavailable where nobody listens, and says so by the innermost cause", async () => {
    const closed = await startApiServer();
    await closed.close();
    await writeFile(server.kubeConfigPath, kubeConfigFor(closed.url));
    const answer = await create().read(never);
    await writeFile(server.kubeConfigPath, kubeConfigFor(server.url));
    const address = closed.url.replace("http://", "");
    assert.deepEqual(answer, {
      kind: "unavailable",
      message: `the API server cannot be reached: connect ECONNREFUSED ${address}`,
    });
  });

  it("keeps secrets out of what it says", async () => {
    server.on({ status: 500, body: statusOf(500, { message: "token=hunter2 at https://me:hunter2@proxy" }) });
    const answer = await nodeApi.read(never);
    assert.ok(answer.kind === "unavailable" && !answer.message.includes("hunter2"));
  });
});
