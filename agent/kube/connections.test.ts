import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, type RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { type ApiServer, type ApiStep, kubeConfigFor, startApiServer } from "../testing/api-server.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { send } from "./send.ts";

const never = new AbortController().signal;
const request = { method: HttpMethod.GET, path: "/x", accept: "a/b", contentType: "c/d" };
const yes = { status: 200, body: "{}" };
const no = { status: 403, body: "{}" };
const unauthorized = { status: 401, body: "{}" };

describe("the connections of send()", () => {
  let server: ApiServer;
  before(async () => {
    server = await startApiServer();
  });
  after(() => server.close());

  /** How many connections it takes to send a request for each of these answers, one after the other. */
  const connectionsFor = async (...answers: readonly ApiStep[]) => {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(kubeConfigFor(server.url));
    const before = server.connectionCount();
    server.on(...answers);
    for (const _ of answers)
      await send(request, { kubeConfig, clock: createFakeClock() }, never).catch(() => {});
    return server.connectionCount() - before;
  };

  it("are few for many requests, as each takes memory", async () => {
    // The second request may come before the first connection is free again.
    assert.ok((await connectionsFor(...Array.from({ length: 20 }, () => yes))) <= 2);
    assert.ok((await connectionsFor(...Array.from({ length: 20 }, () => no))) <= 2, "whatever the answer");
  });

  it("are others after a 401, since the login may be in the connection", async () => {
    assert.equal(await connectionsFor(...Array.from({ length: 4 }, () => unauthorized)), 4);
  });

  it("are others after none was answered, since the server's certificate may be another's", async () => {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(kubeConfigFor(server.url));
    const contexts: RequestContext[] = [];
    const authenticate = kubeConfig.applySecurityAuthentication.bind(kubeConfig);
    kubeConfig.applySecurityAuthentication = async (context) => {
      contexts.push(context);
      await authenticate(context);
    };
    server.on(yes, "breaks", yes, yes);
    for (let sent = 0; sent < 4; sent += 1)
      await send(request, { kubeConfig, clock: createFakeClock() }, never).catch(() => {});
    const [first, second, third, fourth] = contexts.map((context) => context.getDispatcher());
    assert.equal(second, first);
    assert.notEqual(third, second);
    assert.equal(fourth, third);
  });

  it("are others for another kubeconfig", async () => {
    assert.equal((await connectionsFor(yes)) + (await connectionsFor(yes)), 2);
  });
});
