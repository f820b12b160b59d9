import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { runCommand } from "../run-command.ts";
import { agentPod, agentPods } from "./support/agent-pod.ts";
import { endOf } from "./support/command-end.ts";
import { agentProcess, containerProcesses } from "./support/container-processes.ts";
import { createHold } from "./support/hold.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { untilPodOnNode } from "./support/pod-on-node.ts";
import { untilPrefetchEnded } from "./support/prefetch-end.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

const remedy = /kubectl label namespace \S+ pod-security\.kubernetes\.io\/enforce=privileged --overwrite/;

describe("a namespace with Pod Security", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let node: string;
  /** The line that ends it, as the notes have it. */
  let line: string;
  const imageOf = (name: string) => `${front.address}/pod-security/${name}:1`;
  const enforce = (level: string) =>
    scene.kubectl(
      "label",
      "namespace",
      scene.name,
      `pod-security.kubernetes.io/enforce=${level}`,
      "--overwrite",
    );
  const test = (release: string) => endOf(scene.helm("test", release, "--timeout=60s"));
  const labelOf = (release: string) => history.now(node, keyOf(release)).label;
  const untilPod = async (release: string) => {
    const startMs = performance.now();
    await waitUntil(`a pod of ${release}`, 120_000, async () => (await agentPods(scene, release)).length > 0);
    return ((performance.now() - startMs) / 1000).toFixed(1);
  };

  before(async () => {
    scene = await openScene("pod-security", 1);
    node = scene.nodes()[0] ?? "";
    history = await openNodeHistory();
    front = await openRegistryFront();
    for (const name of ["one", "held"]) await pushSampleImage(`pod-security/${name}`);
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it("takes the install under baseline, has no pod, and says how to get one", async () => {
    await enforce("baseline");
    const images = [imageOf("one")];
    const [{ stdout, stderr }] = await Promise.all([
      scene.install("secured", { images }),
      scene.install("secured-hurried", { images }),
    ]);
    line = remedy.exec(stdout)?.[0] ?? "";
    assert.equal(
      line,
      `kubectl label namespace ${scene.name} pod-security.kubernetes.io/enforce=privileged --overwrite`,
    );
    assert.match(stderr, /would violate PodSecurity \\?"baseline:latest\\?": hostPath volumes/);
    const { exitCode, text } = await test("secured");
    assert.equal(exitCode, 1, text);
    assert.match(text, /secured-prefetcher has a pod on 0 of the 1 node it chooses/);
    assert.match(text, /violates PodSecurity \\?"baseline:latest\\?": hostPath volumes/);
    assert.equal(remedy.exec(text)?.[0], line, "the test names the same line");
    for (const release of ["secured", "secured-hurried"])
      assert.deepEqual(await agentPods(scene, release), []);
  });

  it("has its pods after that line, by themselves or at once after a restart, and the test passes", async (context) => {
    const env = { ...process.env, ...testCluster().environment };
    await runCommand("sh", ["-c", line], { env });
    await scene.kubectl("rollout", "restart", "daemonset/secured-hurried-prefetcher");
    const [hurried, alone] = await Promise.all([untilPod("secured-hurried"), untilPod("secured")]);
    context.diagnostic(`pods after ${alone} s by themselves, ${hurried} s after kubectl rollout restart`);
    for (const release of ["secured", "secured-hurried"])
      await history.untilLabelled([node], keyOf(release), "succeeded");
    const { exitCode, text } = await test("secured");
    assert.equal(exitCode, 0, text);
  });

  it("has the agent work under privileged with no right on the node", async () => {
    const hold = createHold(({ kind, repository }) => kind === "blob" && repository === "pod-security/held");
    front.setRule(hold.rule);
    try {
      await scene.install("secured-privileged", { images: [imageOf("held")] });
      await waitUntil("the agent pulls", 60_000, () => hold.held.length > 0);
      const pod = await untilPodOnNode(
        scene,
        "secured-privileged",
        node,
        ({ prefetch }) => prefetch.isRunning,
      );
      const agent = agentProcess(node, pod.uid, pod.prefetch.id ?? "");
      assert.ok(agent !== undefined, "the agent runs");
      assert.deepEqual(
        [...new Set(agent.userIds), ...new Set(agent.groupIds), ...new Set(agent.supplementaryGroupIds)],
        [65532, 0, 0],
      );
      assert.equal(agent.capabilities, 0n);
      assert.ok(agent.hasNoNewPrivileges && agent.isFilteredBySeccomp);
      // The containers' root file systems are mounted below the runtime's directory.
      const runtime = agent.mounts.filter(({ path }) => path.startsWith("/run/containerd"));
      assert.ok(runtime.length > 1, JSON.stringify(agent.mounts));
      assert.deepEqual(
        runtime.filter(({ isReadOnly }) => !isReadOnly),
        [],
      );
      const root = agent.mounts.find(({ path }) => path === "/");
      assert.equal(root?.isReadOnly, true);
      const { status } = await agentPod(scene, "secured-privileged");
      const [{ volumeMounts }] = status.initContainerStatuses;
      const seen = volumeMounts.find((mount: { mountPath: string }) => mount.mountPath === "/run/containerd");
      assert.equal(seen?.recursiveReadOnly, "Enabled");
      hold.release();
      await history.untilLabelled([node], keyOf("secured-privileged"), "succeeded");
      const done = await untilPodOnNode(scene, "secured-privileged", node, ({ main }) => main.isRunning);
      const [pause] = containerProcesses(node, done.uid, done.main.id ?? "");
      assert.ok(
        pause?.mounts.every(({ path }) => !path.includes("/run/")),
        "neither socket nor token",
      );
    } finally {
      hold.release();
    }
  });

  it("ends with 5 in a group that the socket is not open to, and succeeds in the socket's", async () => {
    const values = { images: [imageOf("one")], extraArgs: ["--runtime-timeout=2s"] };
    await scene.install("secured-group", { ...values, podSecurityContext: { runAsGroup: 65532 } });
    const { exitCode, message } = await untilPrefetchEnded(scene, "secured-group");
    assert.equal(exitCode, 5, message);
    assert.match(message, /EACCES/);
    assert.equal(labelOf("secured-group"), undefined);
    await scene.upgrade("secured-group", { ...values, podSecurityContext: { runAsGroup: 0 } });
    await history.untilLabelled([node], keyOf("secured-group"), "succeeded");
  });

  it("lets the hooks run even under restricted", async () => {
    await enforce("restricted");
    await scene.install("secured-gone", { images: [imageOf("one")] });
    const { exitCode, text } = await test("secured-gone");
    assert.equal(exitCode, 1, text);
    assert.match(text, /violates PodSecurity \\?"restricted:latest\\?": .*restricted volume types/);
    assert.equal(remedy.exec(text)?.[0], line, "it was the agent that ran, and the same line");
    await scene.kubectl("label", "node", node, `${keyOf("secured-gone")}=succeeded`);
    const record = JSON.stringify({ owner: `${scene.name}/secured-gone`, verdict: "succeeded" });
    await scene.kubectl("annotate", "node", node, `${keyOf("secured-gone")}=${record}`);
    await scene.helm("uninstall", "secured-gone", "--timeout=60s");
    const { label, record: left } = history.now(node, keyOf("secured-gone"));
    assert.deepEqual([label, left], [undefined, undefined], "the clean-up ran");
  });
});
