import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, type RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { type ApiServer, kubeConfigFor, startApiServer } from "../testing/api-server.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { NoResponse, send } from "./send.ts";

const never = new AbortController().signal;
const request = { method: HttpMethod.GET, path: "/x", accept: "a/b", contentType: "c/d" };
const posted = { ...request, method: HttpMethod.POST, body: {} };
const yes = { status: 200, body: "yes" };

describe("send(), of requests that come at once,", () => {
  let server: ApiServer;
  before(async () => {
    server = await startApiServer();
  });
  after(() => server.close());
  beforeEach(() => void server.requests.splice(0));

  /** A sender whose logins are let go, or fail, by hand. */
  function createSender() {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(kubeConfigFor(server.url, {}));
    const logins: PromiseWithResolvers<string>[] = [];
    kubeConfig.applySecurityAuthentication = async (context: RequestContext) => {
      const login = Promise.withResolvers<string>();
      logins.push(login);
      context.setHeaderParam("Authorization", await login.promise);
    };
    return { sender: { kubeConfig, clock: createFakeClock() }, logins };
  }

  it("logs in once for all of them", async () => {
    const { sender, logins } = createSender();
    server.on(yes, yes, yes);
    const responses = [posted, request, request].map((each) => send(each, sender, never));
    logins[0]?.resolve("Bearer one");
    await Promise.all(responses);
    assert.equal(logins.length, 1);
    const headersOf = (method: string) => server.requests.find((each) => each.method === method)?.headers;
    assert.ok(server.requests.every(({ headers }) => headers.authorization === "Bearer one"));
    assert.equal(headersOf("POST")?.["content-type"], "c/d");
    assert.equal(headersOf("GET")?.["content-type"], undefined, "headers of one are not another's");
  });

  it("tells all of them that it failed", async () => {
    const { sender, logins } = createSender();
    const responses = [1, 2].map(() => send(request, sender, never));
    logins[0]?.reject(new Error("no"));
    for (const { reason } of (await Promise.allSettled(responses)) as PromiseRejectedResult[])
      assert.ok(reason instanceof NoResponse && reason.lasting === "login", String(reason));
    assert.equal(logins.length, 1);
  });

  it("asks for the login again once one has ended, as client-node knows whether it still holds", async () => {
    const { sender, logins } = createSender();
    for (const count of [1, 2]) {
      server.on(yes);
      const response = send(request, sender, never);
      logins.at(-1)?.resolve(`Bearer ${count}`);
      await response;
      assert.equal(logins.length, count);
    }
  });

  it("goes on with it where the first of them is told to end", async () => {
    const { sender, logins } = createSender();
    server.on(yes);
    const controller = new AbortController();
    const first = assert.rejects(send(request, sender, controller.signal), /told to end/);
    const second = send(request, sender, never);
    controller.abort(new Error("told to end"));
    await first;
    logins[0]?.resolve("Bearer one");
    assert.equal((await second).text, "yes");
    assert.equal(logins.length, 1);
  });
});
