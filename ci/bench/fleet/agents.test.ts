import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { startAgents } from "./agents.ts";

const job = { numbers: [0], rollout: 1, atOnce: 1, pullMs: 1 };

/** A process of agents whose API server takes requests and never answers. */
async function openScene(test: TestContext) {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const folder = mkdtempSync(join(tmpdir(), "agents-"));
  test.after(() => rmSync(folder, { recursive: true }));
  const kubeconfig = join(folder, "kubeconfig");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    clusters: [{ name: "silent", cluster: { server: url } }],
    users: [{ name: "agent", user: {} }],
    contexts: [{ name: "silent", context: { cluster: "silent", user: "agent" } }],
    "current-context": "silent",
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const aborter = new AbortController();
  const agents = await startAgents(kubeconfig, aborter.signal);
  test.after(() => agents[Symbol.dispose]());
  return { agents, abort: () => aborter.abort() };
}

describe("startAgents()", { timeout: 30_000 }, () => {
  it("gives a wave up whose time is over, and has no process then", async (test) => {
    const { agents } = await openScene(test);
    await assert.rejects(agents.run(job, 200), /have not ended within 0\.2 s/);
    await assert.rejects(agents.run(job), /ended with SIGKILL/);
  });

  it("gives a wave up when it is told to, and takes none after that", async (test) => {
    const { agents, abort } = await openScene(test);
    const running = agents.run(job);
    abort();
    await assert.rejects(running, { name: "AbortError" });
    await assert.rejects(agents.run(job));
  });
});
