import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { FleetApi } from "../fleet/fleet-api.ts";
import { type ApiServer, kubeConfigFor } from "../testing/api-server.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import {
  allPages as all,
  answers,
  fleetKey as key,
  fleetNode as node,
  refusal,
} from "../testing/fleet-answers.ts";
import { useApiServer } from "../testing/use-api-server.ts";
import { createFleetApi } from "./create-fleet-api.ts";

const never = new AbortController().signal;
const json = "application/json, */*";
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

describe("createFleetApi()", () => {
  const apiServer = useApiServer();
  let server: ApiServer;
  let clock: FakeClock;
  let api: FleetApi;
  beforeEach(() => {
    server = apiServer();
    clock = createFakeClock();
    api = createFleetApi({ clock, random: Math.random, context: undefined });
    server.requests.splice(0);
  });
  afterEach(() => assert.equal(clock.pendingCount(), 0));

  /** What was sent, each request as one line with its headers and its body. */
  const sent = () =>
    server.requests.map(({ method, path, headers, body }) => ({
      line: `${method} ${path}`,
      headers: [headers.authorization, headers.accept, headers["content-type"]],
      body: body === "" ? undefined : JSON.parse(body),
    }));
  const read = (path: string, accept = json) => ({
    line: `GET ${path}`,
    headers: ["Bearer planted-token", accept, undefined],
    body: undefined,
  });

  it("lists all Nodes page by page, without their status", async () => {
    const pages = [
      { metadata: { continue: "a/b=" }, items: [{ metadata: { name: "a", labels: { [key]: "failed" } } }] },
      { metadata: { continue: "2" }, items: [] },
      { metadata: { continue: "" }, items: [{ metadata: { name: "b" } }] },
    ];
    server.on(...answers(...pages));
    const empty = { resourceVersion: "", labels: {}, annotations: {} };
    assert.deepEqual(await all(api.nodes(never)), [
      [{ ...empty, name: "a", labels: { [key]: "failed" } }],
      [],
      [{ ...empty, name: "b" }],
    ]);
    assert.deepEqual(sent(), [
      read("/api/v1/nodes?limit=250", metadataOnly),
      read("/api/v1/nodes?limit=250&continue=a%2Fb%3D", metadataOnly),
      read("/api/v1/nodes?limit=250&continue=2", metadataOnly),
    ]);
  });

  it("asks for a page only when it is wanted", async () => {
    server.on(...answers({ metadata: { continue: "2" }, items: [] }));
    for await (const page of api.nodes(never)) {
      assert.deepEqual(page, []);
      break;
    }
    assert.equal(server.requests.length, 1);
  });

  it("lists all Nodes with whether they are Ready, as tables", async () => {
    const columnDefinitions = [{ name: "Name" }, { name: "Status" }];
    const row = (name: string, status: string) => ({ cells: [name, status], object: { metadata: { name } } });
    const table = { kind: "Table", columnDefinitions };
    const first = { ...table, metadata: { continue: "2" }, rows: [row("a", "Ready,SchedulingDisabled")] };
    server.on(...answers(first, { ...table, rows: [row("b", "NotReady")] }));
    const pages = await all(api.nodesWithStatus(never));
    assert.deepEqual(
      pages.map((page) => page.map(({ name, isReady }) => [name, isReady])),
      [[["a", true]], [["b", false]]],
    );
    const accept = "application/json;as=Table;g=meta.k8s.io;v=v1, application/json";
    const path = "/api/v1/nodes?includeObject=Metadata&limit=250";
    assert.deepEqual(sent(), [read(path, accept), read(`${path}&continue=2`, accept)]);
  });

  it("lists the agents' DaemonSets of a namespace or of all, whoever their owner is", async () => {
    const object = (name: string, ...args: readonly string[]) => {
      const initContainers = [{ name: "prefetch", args }];
      return { metadata: { name }, spec: { selector: {}, template: { spec: { initContainers } } } };
    };
    const list = {
      items: [object("a", "--owner=x/y"), object("b", "--instance=z"), object("c", "--owner=z/z")],
    };
    server.on(...answers(list, list));
    for (const namespace of ["../ns", undefined])
      assert.deepEqual(
        (await api.agentDaemonSets(namespace, never)).map(({ name }) => name),
        ["a", "c"],
      );
    assert.deepEqual(sent(), [
      read("/apis/apps/v1/namespaces/..%2Fns/daemonsets?limit=250"),
      read("/apis/apps/v1/daemonsets?limit=250"),
    ]);
  });

  it("lists the DaemonSets whose agents are told an owner, of however many pages and whatever labels", async () => {
    const object = (name: string, owner: string, container = "prefetch") => {
      const containers = [{ name: container, args: ["prefetch", "--owner=other/z", owner] }];
      return { metadata: { name }, spec: { selector: {}, template: { spec: { containers } } } };
    };
    const owner = "--owner=../ns/x";
    const first = { metadata: { continue: "2" }, items: [object("a", owner), object("b", `${owner}y`)] };
    server.on(...answers(first, { items: [object("c", owner), object("d", owner, "other")] }));
    const found = await api.daemonSets("../ns", "../ns/x", never);
    assert.deepEqual(
      found.map(({ name }) => name),
      ["a", "c"],
    );
    const path = "/apis/apps/v1/namespaces/..%2Fns/daemonsets?limit=250";
    assert.deepEqual(sent(), [read(path), read(`${path}&continue=2`)]);
  });

  it("lists the pods with some labels page by page", async () => {
    const object = (name: string) => ({ metadata: { name }, spec: { nodeName: `on-${name}` } });
    const first = { metadata: { continue: "2" }, items: [object("a")] };
    server.on(...answers(first, { items: [object("b")] }));
    const pages = await all(api.pods("../ns", { a: "b", "c.d/e": "f" }, never));
    assert.deepEqual(
      pages.map((page) => page.map(({ node }) => node)),
      [["on-a"], ["on-b"]],
    );
    const path = "/api/v1/namespaces/..%2Fns/pods?labelSelector=a%3Db%2Cc.d%2Fe%3Df&limit=250";
    assert.deepEqual(sent(), [read(path), read(`${path}&continue=2`)]);
  });

  it("lists those that have not ended", async () => {
    server.on(...answers({ items: [{ metadata: { name: "a" } }] }));
    const pages = await all(api.livingPods("ns", { a: "b" }, never));
    assert.deepEqual(
      pages.map((page) => page.map(({ name }) => name)),
      [["a"]],
    );
    const selectors =
      "labelSelector=a%3Db&fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed";
    assert.deepEqual(sent(), [read(`/api/v1/namespaces/ns/pods?${selectors}&limit=250`)]);
  });

  it("lists the warnings about a DaemonSet, oldest first", async () => {
    const late = { reason: "b", message: "2", lastTimestamp: "2026-01-02T03:04:06Z" };
    server.on(...answers({ items: [late, { ...late, reason: "a", lastTimestamp: "2026-01-02T03:04:05Z" }] }));
    assert.deepEqual(await api.warnings("../ns", "x-prefetcher", never), [
      { reason: "a", message: "2" },
      { reason: "b", message: "2" },
    ]);
    const selector = "involvedObject.kind%3DDaemonSet%2CinvolvedObject.name%3Dx-prefetcher%2Ctype%3DWarning";
    assert.deepEqual(sent(), [read(`/api/v1/namespaces/..%2Fns/events?fieldSelector=${selector}&limit=250`)]);
  });

  it("lists the warnings about a namespace's pods, no more than four pages", async () => {
    const event = { reason: "FailedMount", message: "no", involvedObject: { name: "p" } };
    const page = { metadata: { continue: "2" }, items: Array.from({ length: 250 }, () => event) };
    server.on(...answers(page, page, page, page));
    const found = await api.podWarnings("../ns", never);
    assert.equal(found.length, 1_000);
    assert.deepEqual(found[0], { pod: "p", reason: "FailedMount", message: "no", seenAtMs: Number.NaN });
    const selector =
      "involvedObject.kind%3DPod%2Creason%21%3DUnhealthy%2Creason%21%3DBackOff%2Ctype%3DWarning";
    const path = `/api/v1/namespaces/..%2Fns/events?fieldSelector=${selector}&limit=250`;
    const further = read(`${path}&continue=2`);
    assert.deepEqual(sent(), [read(path), further, further, further]);
  });

  it("takes a list without items for an empty one", async () => {
    server.on(...answers({}, {}, { kind: "Table" }, {}, {}, {}, {}));
    assert.deepEqual(await all(api.nodes(never)), [[]]);
    assert.deepEqual(await all(api.nodesWithStatus(never)), [[]]);
    assert.deepEqual(await all(api.nodesWithStatus(never)), [[]]);
    assert.deepEqual(await all(api.pods("ns", {}, never)), [[]]);
    assert.deepEqual(await api.daemonSets("ns", "x", never), []);
    assert.deepEqual(await api.warnings("ns", "x", never), []);
    assert.deepEqual(await api.podWarnings("ns", never), []);
  });

  it("removes labels and annotations of the version that was read", async () => {
    server.on(...answers({ kind: "Node" }));
    assert.equal(await api.removeMarks({ ...node, name: "../a" }, [key, `${key}y`], never), "removed");
    const none = { [key]: null, [`${key}y`]: null };
    assert.deepEqual(sent(), [
      {
        line: "PATCH /api/v1/nodes/..%2Fa?fieldManager=image-prefetcher",
        headers: [
          "Bearer planted-token",
          "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json",
          "application/merge-patch+json",
        ],
        body: { metadata: { resourceVersion: "7", labels: none, annotations: none } },
      },
    ]);
  });

  it("says that a Node is gone or has changed, after one request", async () => {
    server.on(refusal(404), refusal(409));
    assert.equal(await api.removeMarks(node, [key], never), "gone");
    assert.equal(await api.removeMarks(node, [key], never), "changed");
    assert.equal(server.requests.length, 2);
  });

  it("removes nothing from a Node that somebody else has changed", async () => {
    server.metadata.labels = { [key]: "succeeded", other: "1" };
    assert.equal(await api.removeMarks({ ...node, resourceVersion: "999" }, [key], never), "changed");
    assert.deepEqual(server.metadata.labels, { [key]: "succeeded", other: "1" });
    assert.equal(await api.removeMarks({ ...node, resourceVersion: "1" }, [key], never), "removed");
    assert.deepEqual(server.metadata.labels, { other: "1" });
  });

  it("takes the namespace of the kubeconfig's context, and the context that it is told", async () => {
    assert.equal(api.namespace, "default");
    const before = kubeConfigFor(server.url);
    const other = before.replace('"cluster":"test","user"', '"namespace":"ns","cluster":"test","user"');
    await writeFile(server.kubeConfigPath, other);
    assert.equal(createFleetApi({ clock, random: Math.random, context: "test" }).namespace, "ns");
    assert.throws(
      () => createFleetApi({ clock, random: Math.random, context: "none" }),
      /it has no context none/,
    );
    await writeFile(server.kubeConfigPath, before);
  });
});
