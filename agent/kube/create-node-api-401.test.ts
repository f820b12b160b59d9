import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import type { NodeApi } from "../node-api.ts";
import { type ApiServer, kubeConfigFor, startApiServer } from "../testing/api-server.ts";
import { createFakeClock } from "../testing/fake-clock.ts";
import { createNodeApi } from "./create-node-api.ts";

const never = new AbortController().signal;

describe("createNodeApi(), after a 401,", () => {
  let server: ApiServer;
  let nodeApi: NodeApi;
  let tokenFile: string;
  const kubeConfigBefore = process.env.KUBECONFIG;
  const kubeConfig = () =>
    kubeConfigFor(server.url, { "auth-provider": { name: "tokenFile", config: { tokenFile } } });
  before(async () => {
    server = await startApiServer();
    tokenFile = join(server.kubeConfigPath, "../token");
    process.env.KUBECONFIG = server.kubeConfigPath;
  });
  after(async () => {
    if (kubeConfigBefore === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = kubeConfigBefore;
    await server.close();
  });
  beforeEach(async () => {
    await writeFile(tokenFile, "first-token");
    await writeFile(server.kubeConfigPath, kubeConfig());
    server.token = "first-token";
    server.requests.splice(0);
    nodeApi = createNodeApi({
      nodeName: "node-1",
      key: "image-prefetcher.stackrox.io/x",
      clock: createFakeClock(),
    });
    assert.equal((await nodeApi.read(never)).kind, "node");
  });
  const tokens = () => server.requests.map(({ headers }) => headers.authorization);

  it("has the token that its file has by then at the next try, however fresh the one before was", async () => {
    server.token = "second-token";
    await writeFile(tokenFile, "second-token");
    const refused = await nodeApi.read(never);
    assert.deepEqual(refused, { kind: "unavailable", message: "Unauthorized (HTTP 401)" });
    assert.equal((await nodeApi.read(never)).kind, "node");
    assert.deepEqual(tokens(), ["Bearer first-token", "Bearer first-token", "Bearer second-token"]);
  });

  it("reads no file again where the token is good", async () => {
    await writeFile(tokenFile, "second-token");
    assert.equal((await nodeApi.read(never)).kind, "node");
    assert.deepEqual(tokens(), ["Bearer first-token", "Bearer first-token"]);
  });

  it("stays with what it knows where the configuration cannot be read, and quotes nothing of it", async () => {
    server.token = "second-token";
    await writeFile(server.kubeConfigPath, "users: [{client-key-data: hunter2");
    const answers = [await nodeApi.read(never), await nodeApi.read(never)];
    for (const answer of answers)
      assert.deepEqual(answer, { kind: "unavailable", message: "Unauthorized (HTTP 401)" });
    await writeFile(server.kubeConfigPath, kubeConfig());
    await writeFile(tokenFile, "second-token");
    await nodeApi.read(never);
    assert.equal((await nodeApi.read(never)).kind, "node");
  });

  it("stays with its server where the configuration is gone for a moment", async () => {
    server.token = "second-token";
    const aside = `${server.kubeConfigPath}.aside`;
    const homeBefore = process.env.HOME;
    delete process.env.KUBECONFIG;
    process.env.HOME = join(server.kubeConfigPath, "../no-home");
    await rename(server.kubeConfigPath, aside);
    await nodeApi.read(never);
    await rename(aside, server.kubeConfigPath);
    process.env.KUBECONFIG = server.kubeConfigPath;
    if (homeBefore === undefined) delete process.env.HOME;
    else process.env.HOME = homeBefore;
    await writeFile(tokenFile, "second-token");
    await nodeApi.read(never);
    assert.equal((await nodeApi.read(never)).kind, "node");
    assert.equal(server.requests.length, 4);
  });

  it("is unavailable while the token's file is away, and works once it is back", async () => {
    server.token = "second-token";
    await rm(tokenFile);
    assert.equal((await nodeApi.read(never)).kind, "unavailable");
    assert.match(JSON.stringify(await nodeApi.read(never)), /cannot be reached: ENOENT/);
    await writeFile(tokenFile, "second-token");
    assert.equal((await nodeApi.read(never)).kind, "node");
  });
});
