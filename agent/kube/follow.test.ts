import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type ApiStream, createApiStream } from "../testing/api-stream.ts";
import { answers, refusal } from "../testing/fleet-answers.ts";
import {
  type FollowWorld,
  nodeList as list,
  watchedNode as node,
  useFollowWorld,
} from "../testing/follow-world.ts";

const bookmark = (resourceVersion: string) => ({ type: "BOOKMARK", object: node("", resourceVersion) });

describe("following", () => {
  const world = useFollowWorld();
  let { server, clock, api, controller, nodes, next, asked, listed } = {} as FollowWorld;
  beforeEach(() => {
    ({ server, clock, api, controller, nodes, next, asked, listed } = world());
  });

  it("lists in pages, then tells of each change by a watch from the list's version on", async () => {
    const stream = createApiStream();
    const first = {
      metadata: { continue: "2", resourceVersion: "10" },
      items: [{ metadata: { name: "z" } }],
    };
    server.on(...answers(first, list), stream);
    assert.equal(await next(), "all z,a");
    const change = next();
    await stream.opened;
    stream.send(
      { type: "ADDED", object: node("b", "11") },
      { type: "MODIFIED", object: node("a", "12") },
      { type: "DELETED", object: node("b", "13") },
    );
    assert.deepEqual([await change, await next(), await next()], ["set b", "set a", "removed b"]);
    const path = "/api/v1/nodes?includeObject=Metadata";
    const watching = "watch=1&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=300";
    assert.deepEqual(
      server.requests.map((request) => request.path),
      [`${path}&limit=250`, `${path}&limit=250&continue=2`, `${path}&${watching}`],
    );
    const table = "application/json;as=Table;g=meta.k8s.io;v=v1, application/json";
    assert.deepEqual([...new Set(server.requests.map(({ headers }) => headers.accept))], [table]);
  });

  /** Lets time pass until somebody asks for the stream. */
  async function advanceTo(stream: ApiStream): Promise<void> {
    let isOpen = false;
    void stream.opened.then(() => {
      isOpen = true;
    });
    while (!isOpen) await clock.advance(100);
  }

  it("goes on from the last version, of a change or a bookmark, where the server ends a watch", async () => {
    const [first, second, third] = [createApiStream(), createApiStream(), createApiStream()];
    await listed(first, second, third);
    const change = next();
    await first.opened;
    first.send({ type: "MODIFIED", object: node("a", "12") });
    assert.equal(await change, "set a");
    first.end();
    const later = next();
    await advanceTo(second);
    second.send(bookmark("20"));
    second.end();
    await advanceTo(third);
    third.send({ type: "DELETED", object: node("a", "21") });
    assert.equal(await later, "removed a");
    assert.deepEqual(asked(), ["list", "watch from 10", "watch from 12", "watch from 20"]);
  });

  it("begins at most one watch a second, though each says something before the server ends it", async () => {
    const [first, second] = [createApiStream(), createApiStream()];
    await listed(first, second);
    const change = next();
    await first.opened;
    await clock.advance(400);
    first.send({ type: "MODIFIED", object: node("a", "12") });
    await change;
    const later = next();
    first.end();
    await first.closed;
    for (let turn = 0; turn < 100; turn += 1) await clock.advance(0);
    await clock.advance(599);
    for (let turn = 0; turn < 100; turn += 1) await clock.advance(0);
    assert.equal(asked().length, 2);
    await clock.advance(1);
    await second.opened;
    second.send({ type: "MODIFIED", object: node("a", "13") });
    assert.equal(await later, "set a");
  });

  it("keeps a watch that says something every minute", async () => {
    const stream = createApiStream();
    await listed(stream);
    let change = next();
    await stream.opened;
    for (let minute = 0; minute < 10; minute += 1) {
      stream.send(bookmark(String(minute)), { type: "MODIFIED", object: node("a", String(minute)) });
      assert.equal(await change, "set a");
      change = next();
      await clock.advance(60_000);
    }
    stream.send({ type: "ADDED", object: node("b", "99") });
    assert.equal(await change, "set b");
    assert.equal(server.requests.length, 2);
  });

  it("begins a watch anew, over another connection, that was silent for 90 s", async () => {
    const [silent, other] = [createApiStream(), createApiStream()];
    await listed(silent);
    const change = next();
    await silent.opened;
    // Leaves a connection that the next request would go over.
    server.on(...answers({}), other);
    await api.warnings("ns", "x", controller.signal);
    await clock.advance(89_999);
    assert.equal(asked().length, 3);
    const connections = server.connectionCount();
    await clock.advance(1);
    await Promise.all([silent.closed, other.opened]);
    assert.equal(server.connectionCount(), connections + 1);
    other.send({ type: "ADDED", object: node("b", "11") });
    assert.equal(await change, "set b");
    assert.deepEqual(asked(), ["list", "watch from 10", "list", "watch from 10"]);
  });

  it("ends the request and rejects with the reason as soon as its signal aborts", async () => {
    const stream = createApiStream();
    await listed(stream);
    const rejects = assert.rejects(next(), /told to end/);
    await stream.opened;
    controller.abort(new Error("told to end"));
    await rejects;
    await stream.closed;
  });

  it("rejects with the reason during a pause too", async () => {
    server.on(refusal(500));
    await next();
    const rejects = assert.rejects(next(), /told to end/);
    controller.abort(new Error("told to end"));
    await rejects;
  });

  it("ends the request when nobody wants more", async () => {
    const stream = createApiStream();
    await listed(stream);
    const change = next();
    await stream.opened;
    stream.send({ type: "ADDED", object: node("b", "11") });
    await change;
    await nodes.return?.();
    await stream.closed;
  });
});
