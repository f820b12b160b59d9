import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { DoctorApi, NewPod } from "../doctor-api.ts";
import { KubeError } from "../kube-error.ts";
import { type ApiServer, kubeConfigFor } from "../testing/api-server.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { daemonSetOf } from "../testing/fake-doctor-api.ts";
import { useApiServer } from "../testing/use-api-server.ts";
import { createDoctorApi } from "./create-doctor-api.ts";

const never = new AbortController().signal;
const pod: NewPod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", labels: {}, annotations: {} },
  spec: { containers: [{ name: "prefetch" }] },
};

describe("createDoctorApi()", () => {
  const apiServer = useApiServer();
  let server: ApiServer;
  let clock: FakeClock;
  let api: DoctorApi;
  beforeEach(() => {
    server = apiServer();
    clock = createFakeClock();
    api = createDoctorApi(clock);
    server.requests.splice(0);
  });
  afterEach(() => assert.equal(clock.pendingCount(), 0));

  /** What `call` comes to where the server answers it with `body`, and the one request that it sent. */
  async function sent<Result>(body: unknown, call: () => Promise<Result>) {
    server.on({ status: 200, body: typeof body === "string" ? body : JSON.stringify(body) });
    const result = await call();
    assert.equal(server.requests.length, 1);
    const [request] = server.requests;
    const { authorization, accept, "content-type": contentType } = request?.headers ?? {};
    assert.deepEqual([authorization, accept], ["Bearer planted-token", "application/json, */*"]);
    return {
      result,
      line: `${request?.method} ${request?.path}`,
      body: request?.body === "" ? undefined : JSON.parse(request?.body ?? ""),
      contentType,
    };
  }
  const read = { body: undefined, contentType: undefined };

  it("lists the chart's DaemonSets of a namespace", async () => {
    const items = [daemonSetOf("my-images")];
    assert.deepEqual(await sent({ items }, () => api.daemonSets("ns", never)), {
      result: items,
      line: "GET /apis/apps/v1/namespaces/ns/daemonsets?labelSelector=app.kubernetes.io%2Fpart-of%3Dimage-prefetcher",
      ...read,
    });
  });

  it("says whether a node is Ready", async () => {
    const conditions = (status: string) => ({
      status: {
        conditions: [
          { type: "DiskPressure", status: "True" },
          { type: "Ready", status },
        ],
      },
    });
    assert.deepEqual(await sent(conditions("True"), () => api.node("node-1", never)), {
      result: { isReady: true },
      line: "GET /api/v1/nodes/node-1",
      ...read,
    });
    for (const object of [conditions("Unknown"), {}]) {
      server.requests.splice(0);
      assert.deepEqual((await sent(object, () => api.node("node-1", never))).result, { isReady: false });
    }
  });

  it("counts a node's pods with some labels", async () => {
    assert.deepEqual(
      await sent({ items: [{}, {}] }, () => api.podsOnNode("ns", { a: "b", c: "d" }, "n", never)),
      {
        result: 2,
        line: "GET /api/v1/namespaces/ns/pods?labelSelector=a%3Db%2Cc%3Dd&fieldSelector=spec.nodeName%3Dn",
        ...read,
      },
    );
  });

  it("creates a pod as it is given", async () => {
    assert.deepEqual(await sent({ kind: "Pod" }, () => api.createPod("ns", pod, never)), {
      result: undefined,
      line: "POST /api/v1/namespaces/ns/pods",
      body: pod,
      contentType: "application/json",
    });
  });

  it("reads a pod's status", async () => {
    const status = { phase: "Pending" };
    assert.deepEqual(await sent({ status }, () => api.podStatus("ns", "p", never)), {
      result: status,
      line: "GET /api/v1/namespaces/ns/pods/p",
      ...read,
    });
  });

  it("reads the events of a pod", async () => {
    const items = [{ type: "Warning", reason: "FailedMount" }];
    assert.deepEqual(await sent({ items }, () => api.podEvents("ns", "p", never)), {
      result: items,
      line: "GET /api/v1/namespaces/ns/events?fieldSelector=involvedObject.kind%3DPod%2CinvolvedObject.name%3Dp",
      ...read,
    });
  });

  it("reads a pod's log as it is", async () => {
    assert.deepEqual(await sent("one\ntwo\n", () => api.podLog("ns", "p", never)), {
      result: "one\ntwo\n",
      line: "GET /api/v1/namespaces/ns/pods/p/log?container=prefetch&limitBytes=16777216",
      ...read,
    });
  });

  it("deletes a pod without a grace period", async () => {
    assert.deepEqual(await sent({}, () => api.deletePod("ns", "p", never)), {
      result: undefined,
      line: "DELETE /api/v1/namespaces/ns/pods/p",
      body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 },
      contentType: "application/json",
    });
  });

  it("takes a pod that is gone for deleted, and nothing else", async () => {
    server.on({ status: 404, body: "{}" }, { status: 409, body: '{"message":"no"}' });
    await api.deletePod("ns", "p", never);
    await assert.rejects(api.deletePod("ns", "p", never), {
      message: "cannot delete pods/p in namespace ns: no (HTTP 409)",
    });
  });

  it("keeps names inside their place in the path", async () => {
    const { line } = await sent({}, () => api.podStatus("../a", "b?c/d", never));
    assert.equal(line, "GET /api/v1/namespaces/..%2Fa/pods/b%3Fc%2Fd");
  });

  const calls: readonly [what: string, call: () => Promise<unknown>][] = [
    ["list daemonsets.apps in namespace ns", () => api.daemonSets("ns", never)],
    ["get nodes/n", () => api.node("n", never)],
    ["list pods in namespace ns", () => api.podsOnNode("ns", {}, "n", never)],
    ["create pods in namespace ns", () => api.createPod("ns", pod, never)],
    ["get pods/p in namespace ns", () => api.podStatus("ns", "p", never)],
    ["list events in namespace ns", () => api.podEvents("ns", "p", never)],
    ["get pods/log of p in namespace ns", () => api.podLog("ns", "p", never)],
    ["delete pods/p in namespace ns", () => api.deletePod("ns", "p", never)],
  ];
  for (const [what, call] of calls) {
    it(`names what it may not: ${what}`, async () => {
      server.on({
        status: 403,
        body: JSON.stringify({ kind: "Status", message: "token=hunter2 is forbidden" }),
      });
      await assert.rejects(call(), (error) => {
        assert.ok(error instanceof KubeError);
        assert.equal(error.message, `cannot ${what}: token=[redacted] is forbidden (HTTP 403)`);
        assert.equal(error.status, 403);
        return true;
      });
    });
  }

  it("gives up after 10 s", async () => {
    server.on("hangs");
    const arrived = server.arrived();
    const rejects = assert.rejects(api.node("n", never), (error) => {
      assert.ok(error instanceof KubeError);
      assert.equal(error.message, "cannot get nodes/n: the API server did not answer within 10 s");
      assert.equal(error.status, undefined);
      return true;
    });
    await arrived;
    await clock.advance(10_000);
    await rejects;
  });

  it("rejects with the reason as soon as its signal aborts", async () => {
    server.on("hangs");
    const controller = new AbortController();
    const reason = new Error("told to end");
    const arrived = server.arrived();
    const rejects = assert.rejects(api.node("n", controller.signal), reason);
    await arrived;
    controller.abort(reason);
    await rejects;
  });

  it("says that the server cannot be reached", async () => {
    server.on("breaks");
    await assert.rejects(api.node("n", never), {
      name: "KubeError",
      message: /^cannot get nodes\/n: the API server cannot be reached: /,
    });
  });

  it("takes a page that is no JSON for no answer", async () => {
    server.on({ status: 200, body: "<html>" });
    await assert.rejects(api.node("n", never), {
      name: "KubeError",
      message: "the API server's answer is no JSON",
    });
  });

  it("takes the namespace of the kubeconfig's context", async () => {
    assert.equal(api.namespace, "default");
    const before = kubeConfigFor(server.url);
    await writeFile(
      server.kubeConfigPath,
      before.replace('"cluster":"test","user"', '"namespace":"ns","cluster":"test","user"'),
    );
    assert.equal(createDoctorApi(clock).namespace, "ns");
    await writeFile(server.kubeConfigPath, before);
  });
});
