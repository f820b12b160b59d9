import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { startAgent } from "./testing/agent-process.ts";
import { type ApiServer, startApiServer } from "./testing/api-server.ts";
import { answers } from "./testing/fleet-answers.ts";

// A pipe takes 64 KiB, and Node.js as much from it until somebody reads.
const daemonSet = {
  metadata: { name: "a-prefetcher", namespace: "default", resourceVersion: "1" },
  spec: {
    selector: { matchLabels: { app: "a" } },
    template: {
      spec: {
        initContainers: [
          {
            name: "prefetch",
            args: ["prefetch", "--instance=a", "--owner=default/a", "--revision=1-0123456789ab"],
          },
        ],
        containers: [{ name: "pause" }],
      },
    },
  },
};
const pods = Array.from({ length: 2_000 }, (_, index) => ({
  metadata: { name: `a-${index}`, namespace: "default", resourceVersion: "1" },
  spec: { nodeName: `node-${index}`, initContainers: daemonSet.spec.template.spec.initContainers },
  status: { phase: "Running" },
}));

describe("main.ts, by hand,", () => {
  let api: ApiServer;
  let folder: string;
  let NODE_OPTIONS: string;
  before(async () => {
    [api, folder] = await Promise.all([startApiServer(), mkdtemp(join(tmpdir(), "by-hand-"))]);
    const hasty = join(folder, "hasty.mjs");
    NODE_OPTIONS = `--import=${hasty}`;
    // The time that a node's log has to be read goes by in 100 ms.
    await writeFile(
      hasty,
      "const { setTimeout } = globalThis; globalThis.setTimeout = (call, ms, ...rest) => setTimeout(call, ms === 1_000 ? 100 : ms, ...rest);",
    );
  });
  after(() => Promise.all([api.close(), rm(folder, { recursive: true, force: true })]));

  /** A status of 2,000 nodes that are gone, hundreds of KiB of JSON, once the first of it has come. */
  async function startPrinting() {
    api.on(...answers({ items: [daemonSet] }, { items: pods }, { items: [] }));
    const env = { ...process.env, KUBECONFIG: api.kubeConfigPath, NODE_OPTIONS };
    const { child, ended } = startAgent(["status", "--output=json"], { env, leaveStdout: true });
    const { stdout } = child;
    assert.ok(stdout);
    await once(stdout, "readable");
    return { child, stdout, ended };
  }

  it("prints all of it to a reader who takes time", async () => {
    const { child, stdout, ended } = await startPrinting();
    await setTimeout(500);
    assert.equal(child.exitCode, null, "the pipe took it all, so nothing was blocked");
    const text = (await stdout.toArray()).join("");
    assert.equal(JSON.parse(text).releases[0].nodes.length, pods.length);
    const { exitCode, stderr } = await ended;
    assert.deepEqual([exitCode, stderr], [0, ""]);
  });

  it("ends with a reader who goes", async () => {
    const { stdout, ended } = await startPrinting();
    stdout.destroy();
    const { exitCode, stderr } = await ended;
    assert.deepEqual([exitCode, stderr], [0, ""]);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const)
    it(`ends with 143 within 2 s of ${signal}, whether or not anybody reads`, async () => {
      const { child, stdout, ended } = await startPrinting();
      const startMs = performance.now();
      child.kill(signal);
      const { exitCode } = await ended;
      stdout.destroy();
      assert.ok(performance.now() - startMs < 2_000);
      assert.equal(exitCode, 143);
    });

  it("says on stderr why it takes long, at once, and keeps stdout clean", async () => {
    api.on("breaks", ...answers({ items: [] }, { items: [] }));
    const env = { ...process.env, KUBECONFIG: "/nowhere" };
    const argv = ["status", "--output=json", `--kubeconfig=${api.kubeConfigPath}`];
    const { exitCode, stdout, stderr } = await startAgent(argv, { env }).ended;
    const why =
      "cannot list daemonsets.apps in namespace default: the API server cannot be reached: other side closed";
    assert.deepEqual([exitCode, stderr], [0, `warning: ${why}; trying for up to 30 s\n`]);
    assert.deepEqual(JSON.parse(stdout).releases, []);
  });
});
