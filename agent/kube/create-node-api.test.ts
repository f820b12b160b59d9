import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { NodeApi } from "../node-api.ts";
import { type ApiServer, kubeConfigFor, startApiServer } from "../testing/api-server.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { useApiServer } from "../testing/use-api-server.ts";
import { createNodeApi } from "./create-node-api.ts";

const key = "image-prefetcher.stackrox.io/my-images";
const never = new AbortController().signal;
const path = "/api/v1/nodes/node-1?fieldManager=image-prefetcher";

describe("createNodeApi()", () => {
  const apiServer = useApiServer();
  let server: ApiServer;
  let clock: FakeClock;
  let nodeApi: NodeApi;
  const create = (nodeName = "node-1") => createNodeApi({ nodeName, key, clock });
  const marksRead = async () => {
    const answer = await nodeApi.read(never);
    assert.ok(answer.kind === "node");
    return answer.marks;
  };
  beforeEach(() => {
    server = apiServer();
    clock = createFakeClock();
    nodeApi = create();
    server.requests.splice(0);
    server.metadata.labels = { "kubernetes.io/os": "linux" };
    server.metadata.annotations = {};
    server.conditions.splice(0);
    server.token = undefined;
  });
  afterEach(() => assert.equal(clock.pendingCount(), 0));

  it("reads by a patch that changes nothing", async () => {
    server.metadata.labels[key] = "succeeded";
    server.metadata.annotations[key] = "{}";
    const answer = await nodeApi.read(never);
    assert.ok(answer.kind === "node");
    assert.deepEqual([answer.marks.label, answer.marks.annotation], ["succeeded", "{}"]);
    const [request] = server.requests;
    assert.deepEqual([request?.method, request?.path, request?.body], ["PATCH", path, "{}"]);
    assert.equal(request?.headers["content-type"], "application/merge-patch+json");
    assert.equal(request?.headers.accept, "application/json");
    assert.equal(request?.headers.authorization, "Bearer planted-token");
  });

  it("finds nothing on a Node without label and annotation", async () => {
    const marks = await marksRead();
    assert.deepEqual([marks.label, marks.annotation], [undefined, undefined]);
  });

  it("takes the Node's age by what the server says the time is", async () => {
    const metadata = { name: "node-1", creationTimestamp: "2020-01-01T00:00:00Z" };
    const body = JSON.stringify({ kind: "Node", metadata });
    server.on({ status: 200, headers: { date: "Wed, 01 Jan 2020 00:10:00 GMT" }, body });
    assert.equal((await marksRead()).ageMs, 600_000);
  });

  it("reads the Node's version, and whether its disk is under pressure", async () => {
    const before = await marksRead();
    assert.match(before.resourceVersion ?? "", /^[0-9]+$/);
    assert.equal(before.isUnderDiskPressure, false);
    server.conditions.push({ type: "DiskPressure", status: "True" });
    assert.equal((await marksRead()).isUnderDiskPressure, true);
  });

  it("writes label and annotation in one merge patch of the own key, and nothing else", async () => {
    const answer = await nodeApi.write({ label: "failed", annotation: '{"v":1}' }, never);
    assert.ok(answer.kind === "node");
    assert.deepEqual([answer.marks.label, answer.marks.annotation], ["failed", '{"v":1}']);
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

  it("names the version that a change rests on, so that it cannot land late", async () => {
    const { resourceVersion = "" } = await marksRead();
    const change = { annotation: "{}", resourceVersion };
    const written = await nodeApi.write({ label: "failed", ...change }, never);
    assert.deepEqual(JSON.parse(server.requests.at(-1)?.body ?? ""), {
      metadata: { resourceVersion, labels: { [key]: "failed" }, annotations: { [key]: "{}" } },
    });
    assert.ok(written.kind === "node" && written.marks.resourceVersion !== resourceVersion);
    const late = await nodeApi.write({ label: "succeeded", ...change }, never);
    assert.ok(late.kind === "unavailable");
    assert.match(late.message, /the object has been modified.* \(HTTP 409\)/);
    assert.equal(server.metadata.labels[key], "failed");
  });

  it("asks for a dry run, and for nothing else, where it is one", async () => {
    const dry = createNodeApi({ nodeName: "node-1", key, clock, isDryRun: true });
    await dry.read(never);
    await dry.write({ label: "failed", annotation: "{}" }, never);
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      [`${path}&dryRun=All`, `${path}&dryRun=All`],
    );
  });

  it("keeps a Node's name inside its place in the path", async () => {
    await create("../pods?x=/y").read(never);
    assert.match(server.requests[0]?.path ?? "", /^\/api\/v1\/nodes\/\.\.%2Fpods%3Fx%3D%2Fy\?fieldManager/);
  });

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
    const message = "token=hunter2 at https://me:hunter2@proxy";
    server.on({ status: 500, body: JSON.stringify({ kind: "Status", message }) });
    const answer = await nodeApi.read(never);
    assert.ok(answer.kind === "unavailable" && !answer.message.includes("hunter2"));
  });
});
