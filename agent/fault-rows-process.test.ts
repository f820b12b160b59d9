// Rows of the fault matrix that want a real process, a real socket or a real stream. The other rows by fakes: fault-rows.test.ts.
import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { type AgentEnd, logLinesIn, prefetchArguments, startAgent } from "./testing/agent-process.ts";
import { type ApiServer, kubeConfigFor, startApiServer } from "./testing/api-server.ts";
import { type CriServer, startCriServer } from "./testing/cri-server.ts";

const key = "image-prefetcher.stackrox.io/my-images";

describe("the agent as a process", () => {
  let cri: CriServer;
  let api: ApiServer;
  let folder: string;
  before(async () => {
    [cri, api, folder] = await Promise.all([
      startCriServer(),
      startApiServer(),
      mkdtemp(join(tmpdir(), "rows-")),
    ]);
  });
  after(async () => {
    await Promise.all([cri.close(), api.close(), rm(folder, { recursive: true, force: true })]);
  });
  beforeEach(() => {
    cri.store.clear();
    api.requests.splice(0);
    api.metadata.labels = {};
    api.metadata.annotations = {};
  });
  const start = (argv: readonly string[], options: Parameters<typeof startAgent>[1] = {}) =>
    startAgent(argv, { env: { KUBECONFIG: api.kubeConfigPath }, ...options });
  const messageOf = ({ stdout }: AgentEnd) => String(logLinesIn(stdout).at(-1)?.msg);

  describe("row 3: a socket behind which there is no CRI v1", () => {
    async function assertUnusable(socketPath: string, why: RegExp): Promise<void> {
      const { ended } = start(prefetchArguments(socketPath, "--image=a", "--runtime-timeout=1s"));
      const end = await ended;
      assert.equal(end.exitCode, 5, end.stdout);
      assert.match(messageOf(end), /no container runtime that speaks CRI v1 could be used at .* within 1 s/);
      assert.match(messageOf(end), why);
      assert.match(messageOf(end), /sockets in .*\. Set criSocket .* No label was changed$/);
      assert.deepEqual(api.requests, []);
    }

    it("row 3: ends with 5 and says so where the runtime is too old for v1", async () => {
      const old = await startCriServer([]);
      await assertUnusable(
        old.socketPath,
        /does not implement the method \/runtime\.v1\.RuntimeService\/Version/,
      );
      await old.close();
    });

    it("row 3: ends with 5 and says so where it is no gRPC at all", async () => {
      const socketPath = join(folder, "http.sock");
      const server = createServer((connection) => {
        connection.on("error", () => {});
        connection.on("data", () => connection.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      });
      server.listen(socketPath);
      await assertUnusable(socketPath, /Protocol error/);
      server.close();
    });
  });

  it("row 19: an API server that answers 401 gets the token that the file has by then", async () => {
    const tokenFile = join(folder, "token");
    const config = join(folder, "kubeconfig");
    const user = { "auth-provider": { name: "tokenFile", config: { tokenFile } } };
    await writeFile(tokenFile, "expired-token");
    await writeFile(config, kubeConfigFor(api.url, user));
    api.token = "fresh-token";
    const arrived = api.arrived();
    const { ended } = start(prefetchArguments(cri.socketPath, "--image=a"), { env: { KUBECONFIG: config } });
    await arrived;
    await writeFile(tokenFile, "fresh-token");
    const { exitCode, stdout, stderr } = await ended;
    api.token = undefined;
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.equal(api.metadata.labels[key], "succeeded");
    const tokens = api.requests.map(({ headers }) => headers.authorization?.replace("Bearer ", ""));
    assert.equal(tokens[0], "expired-token");
    assert.equal(tokens.at(-1), "fresh-token");
    assert.ok(tokens.length <= 7, tokens.join());
    assert.ok(!stdout.includes("-token"));
  });

  it("row 39: needs no home, no folder to write to and no user of its own", async () => {
    // Node.js' permissions stand for the read-only root: any write, and any process, would be an error.
    const nodeFlags = ["--permission", "--allow-fs-read=*"];
    await writeFile(join(folder, "images.txt"), "# mine\na\n");
    // As the kubelet mounts and containerd creates them: for root's group, and a folder that any user may pass.
    for (const path of [folder, dirname(cri.socketPath), dirname(api.kubeConfigPath)])
      await chmod(path, 0o711);
    await chmod(cri.socketPath, 0o660);
    const user = process.getuid?.() === 0 ? { uid: 54_321, gid: 0 } : {};
    const list = [`--image-list-file=${folder}/images.txt`, `--termination-message-path=${folder}/message`];
    const { exitCode, stdout, stderr } = await start(prefetchArguments(cri.socketPath, ...list), {
      nodeFlags,
      cwd: "/",
      ...user,
    }).ended;
    assert.deepEqual([exitCode, stderr], [0, ""], stdout);
    assert.equal(api.metadata.labels[key], "succeeded");
    assert.ok(cri.store.has("a"));
  });

  describe("row 46: with a log that nobody takes", () => {
    // About 170 KiB of lines, of which the pipe takes 64.
    const repository = `registry.example.com/${"team/".repeat(40)}app`;
    const images = Array.from({ length: 250 }, (_, index) => `${repository}-${index}:1`);
    const list = () => prefetchArguments(cri.socketPath, ...images.map((image) => `--image=${image}`));

    it("row 46: pulls all, writes the verdict and ends where the reader has gone (EPIPE)", async () => {
      const { child, ended } = start(list(), { leaveStdout: true });
      child.stdout?.destroy();
      const { exitCode, stderr } = await ended;
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.equal(cri.store.size, images.length);
      assert.equal(api.metadata.labels[key], "succeeded");
    });

    it("row 46: pulls all, writes the verdict and ends where the reader does not read", async () => {
      const { child, ended } = start(list(), { leaveStdout: true });
      const { exitCode, stderr } = await ended;
      const text = (await child.stdout?.toArray())?.join("") ?? "";
      assert.ok(text.split("\n").length < images.length, "the pipe took it all, so nothing was blocked");
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.equal(cri.store.size, images.length);
      assert.equal(api.metadata.labels[key], "succeeded");
    });

    it("row 46: ends with 143 within 2 s of SIGTERM where the reader does not read", async () => {
      cri.on("PullImage hanging", "hangs");
      const { child, ended } = start([...list(), "--image=hanging"], { leaveStdout: true });
      await cri.arrived("PullImage hanging");
      const startMs = performance.now();
      child.kill("SIGTERM");
      const { exitCode } = await ended;
      child.stdout?.destroy();
      assert.ok(performance.now() - startMs < 2_000);
      assert.equal(exitCode, 143);
      assert.equal(api.metadata.labels[key], undefined);
    });
  });
});
