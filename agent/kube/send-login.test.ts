import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod } from "@kubernetes/client-node/dist/gen/http/http.js";
import { type ApiServer, kubeConfigFor, startApiServer } from "../testing/api-server.ts";
import { createApiStream } from "../testing/api-stream.ts";
import { createFakeClock, type FakeClock } from "../testing/fake-clock.ts";
import { NoResponse, openStream, send } from "./send.ts";

const never = new AbortController().signal;
const request = { method: HttpMethod.GET, path: "/x", accept: "a/b", contentType: "c/d" };
const credential = JSON.stringify({ status: { token: "exec-token" } });

describe("send(), with a login by a program,", () => {
  let server: ApiServer;
  let clock: FakeClock;
  let folder: string;
  before(async () => {
    [server, folder] = await Promise.all([startApiServer(), mkdtemp(join(tmpdir(), "login-"))]);
  });
  after(async () => {
    await Promise.all([server.close(), rm(folder, { recursive: true, force: true })]);
  });
  beforeEach(() => {
    clock = createFakeClock();
    server.requests.splice(0);
  });
  afterEach(() => assert.equal(clock.pendingCount(), 0));

  function sendAs(user: object, signal = never) {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(kubeConfigFor(server.url, user));
    return send(request, { kubeConfig, clock }, signal);
  }
  const program = (source: string) => ({
    exec: { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args: ["-e", source] },
  });
  /** A program that logs in once `go()` was called, as a person's in a browser, and ends with the test at the latest. */
  const slow = async (name: string) => {
    const path = join(folder, name);
    await writeFile(path, "");
    const end = `function end() { console.log(${JSON.stringify(credential)}); process.exit(); }`;
    const poll = `setInterval(() => require("fs").existsSync(${JSON.stringify(path)}) || end(), 10)`;
    return { user: program(`${end} ${poll}`), go: () => rm(path) };
  };

  const failing: readonly [what: string, user: object, message: RegExp][] = [
    [
      "fails, and tells nothing of what it wrote",
      program('console.log("hunter2"); console.error("hunter2"); process.exit(3);'),
      /^the login that the kubeconfig's user test asks for failed \(node\)$/,
    ],
    [
      "writes no credential",
      program('console.log("hunter2")'),
      /^the login that the kubeconfig's user test asks for failed \(node\)$/,
    ],
    [
      "is not there",
      { exec: { command: "/nowhere/hunter2/aws" } },
      /^the login that the kubeconfig's user test asks for failed \(aws, ENOENT\)$/,
    ],
    [
      "belongs to one of client-node's own ways",
      { "auth-provider": { name: "azure", config: { "access-token": "hunter2", expiry: "2020-01-01" } } },
      /^the login that the kubeconfig's user test asks for failed \(azure\)$/,
    ],
  ];
  for (const [what, user, message] of failing) {
    it(`says that the login failed where it ${what}`, async () => {
      await assert.rejects(sendAs(user), (error) => {
        assert.ok(error instanceof NoResponse);
        assert.deepEqual([error.name, error.lasting], ["NoResponse", "login"]);
        assert.match(error.message, message);
        assert.doesNotMatch(`${error.stack} ${String(error.cause)}`, /hunter2/);
        return true;
      });
      assert.deepEqual(server.requests, []);
    });
  }

  it("names a certificate's file that is not there, and not the login", async () => {
    await assert.rejects(sendAs({ ...program(""), "client-certificate": "/nowhere/client.crt" }), {
      message: /^the API server cannot be reached: ENOENT: .*\/nowhere\/client\.crt/,
    });
  });

  it("waits for minutes, and then as long as ever for the response", async () => {
    server.on({ status: 200, body: "yes" });
    const { user, go } = await slow("minutes");
    const response = sendAs(user);
    await clock.advance(299_999);
    await go();
    assert.equal((await response).text, "yes");
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization),
      ["Bearer exec-token"],
    );
  });

  describe("which is refused later", () => {
    /** A kubeconfig whose program gives out a new token at each of its runs, the first of which is `run-1`. */
    const counting = async (name: string) => {
      const path = JSON.stringify(join(folder, name));
      const count = `const fs = require("fs"); fs.appendFileSync(${path}, "x"); const runs = fs.readFileSync(${path}).length;`;
      const source = `${count} console.log(JSON.stringify({ status: { token: "run-" + runs } }))`;
      const kubeConfig = new KubeConfig();
      kubeConfig.loadFromString(kubeConfigFor(server.url, program(source)));
      return { kubeConfig, clock };
    };
    const tokens = () => server.requests.map(({ headers }) => headers.authorization?.replace("Bearer ", ""));
    const [yes, no] = [
      { status: 200, body: "yes" },
      { status: 401, body: "{}" },
    ];

    it("asks its program again at the next try, and not before", async () => {
      const sender = await counting("later");
      server.on(yes, yes, no, yes, { status: 403, body: "{}" }, yes);
      for (let count = 0; count < 6; count += 1) await send(request, sender, never);
      assert.deepEqual(tokens(), ["run-1", "run-1", "run-1", "run-2", "run-2", "run-2"]);
    });

    it("asks it again at the next try where that is for a stream", async () => {
      const sender = await counting("stream");
      server.on(no, yes);
      await openStream(request, sender, never);
      await send(request, sender, never);
      assert.deepEqual(tokens(), ["run-1", "run-2"]);
    });

    it("does not ask it for a refusal of what it was asked for since", async () => {
      const sender = await counting("since");
      const answering = Promise.withResolvers<ServerResponse>();
      server.on(yes, { ...createApiStream(), answer: answering.resolve }, no, yes, yes);
      await send(request, sender, never);
      const slow = send(request, sender, never);
      const late = await answering.promise;
      for (let count = 0; count < 2; count += 1) await send(request, sender, never);
      late.writeHead(401).end("{}");
      assert.equal((await slow).status, 401);
      await send(request, sender, never);
      assert.deepEqual(tokens(), ["run-1", "run-1", "run-1", "run-2", "run-2"]);
    });
  });

  it("gives up after 5 min", async () => {
    const { user, go } = await slow("late");
    const rejects = assert.rejects(sendAs(user), {
      name: "NoResponse",
      message: "the login that the kubeconfig's user test asks for did not end within 5 min (node)",
      lasting: "login",
    });
    await clock.advance(300_000);
    await rejects;
    await go();
  });

  it("rejects with the reason as soon as its signal aborts, or where it has", async () => {
    const { user, go } = await slow("aborted");
    const controller = new AbortController();
    const reason = new Error("told to end");
    const rejects = assert.rejects(sendAs(user, controller.signal), reason);
    await clock.advance(1);
    controller.abort(reason);
    await rejects;
    await assert.rejects(sendAs(user, controller.signal), reason);
    await go();
  });
});
