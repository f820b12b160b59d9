import assert from "node:assert/strict";
import { linkSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { startAgent } from "../../agent/testing/agent-process.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { agentPod } from "./support/agent-pod.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { isOnNode } from "./support/node-images.ts";
import { untilPrefetchEnded } from "./support/prefetch-end.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

/** Where the runtimes of those names have their sockets, in directories of /run that a node here has not by itself. */
const elsewhere = {
  k3s: "/run/k3s/containerd/containerd.sock",
  rke2: "/run/k3s/containerd/containerd.sock",
  k0s: "/run/k0s/containerd.sock",
} as const;

describe("the runtime that a release names", () => {
  let scene: Scene;
  let history: NodeHistory;
  let node: string;
  const image = () => `${testCluster().registry}/runtime-values/one:1`;

  before(async () => {
    scene = await openScene("runtime-values", 1);
    node = scene.nodes()[0] ?? "";
    history = await openNodeHistory();
    await pushSampleImage("runtime-values/one");
    const runDir = scene.cluster().nodes.find(({ name }) => name === node)?.runDir ?? "";
    for (const path of new Set(Object.values(elsewhere))) {
      const link = join(runDir, path.replace("/run/", ""));
      mkdirSync(dirname(link), { recursive: true });
      // A second name for the same socket: a directory and a socket in it, as those distributions have them.
      linkSync(join(runDir, "containerd/containerd.sock"), link);
    }
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  describe("side by side", { concurrency: 3 }, () => {
    for (const [runtime, path] of Object.entries(elsewhere)) {
      it(`is found at ${path} with runtime: ${runtime}`, async () => {
        const release = `values-${runtime}`;
        await scene.install(release, { images: [image()], runtime });
        await history.untilLabelled([node], keyOf(release), "succeeded");
        assert.equal(await isOnNode(node, image()), true);
        const { spec } = await agentPod(scene, release);
        assert.ok(spec.initContainers[0].args.includes(`--cri-socket=${path}`));
        assert.deepEqual(hostPathsOf(spec), [{ path: dirname(path), type: "Directory" }]);
      });
    }

    it("is another than the node's: the pod does not start, and its events and the doctor say which directory", async () => {
      const release = "values-crio";
      await scene.install(release, { images: [image()], runtime: "crio" });
      const says = "hostPath type check failed: /run/crio is not a directory";
      const eventsOf = async (name: string) => {
        const selector = `involvedObject.name=${name},reason=FailedMount`;
        const { items } = await scene.get<{ items: { message: string }[] }>(
          "events",
          "--field-selector",
          selector,
        );
        return items.map(({ message }) => message);
      };
      await waitUntil("a warning about the mount", 60_000, async () => {
        const { metadata } = await agentPod(scene, release);
        return (await eventsOf(metadata.name)).some((message) => message.includes(says));
      });
      const flags = ["--node", node, "--namespace", scene.name, "--release", release, "--timeout", "30s"];
      const end = await startAgent(["doctor", ...flags], {
        env: { ...process.env, ...testCluster().environment },
      }).ended;
      assert.equal(end.exitCode, 1, end.stdout + end.stderr);
      for (const piece of [says, "the directory of criSocket is not on this node"])
        assert.ok(end.stdout.includes(piece), end.stdout);
      assert.equal(history.now(node, keyOf(release)).label, undefined);
    });

    it("is right, and its socket has another name: ends with 5 and names the one that is there", async () => {
      const release = "values-name";
      const values = {
        runtime: "k0s",
        criSocket: "/run/k0s/other.sock",
        extraArgs: ["--runtime-timeout=2s"],
      };
      await scene.install(release, { images: [image()], ...values });
      const { exitCode, message } = await untilPrefetchEnded(scene, release);
      assert.equal(exitCode, 5, message);
      assert.match(message, /sockets in \/run\/k0s: \/run\/k0s\/containerd\.sock/);
      assert.equal(history.now(node, keyOf(release)).label, undefined);
    });
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a pod's spec.
function hostPathsOf(spec: any): readonly unknown[] {
  const volumes: { hostPath?: unknown }[] = spec.volumes;
  return volumes.flatMap(({ hostPath }) => hostPath ?? []);
}
