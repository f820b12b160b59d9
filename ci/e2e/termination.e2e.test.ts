import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { apiRequest } from "../cluster/api-request.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { agentPod } from "./support/agent-pod.ts";
import { agentPids, isAlive } from "./support/agent-process.ts";
import { proveFault } from "./support/fault-table.ts";
import { createHold, type Hold } from "./support/hold.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

const release = "termination";
const key = keyOf(release);

// Keeps the deleted pod's object until its exit code was read.
const finalizer = "image-prefetcher.test/exit-code";

describe("a pod that is deleted in the middle of a pull", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let hold: Hold;
  let node: string;

  before(async () => {
    scene = await openScene("termination", 1);
    node = scene.nodes()[0] ?? "";
    front = await openRegistryFront();
    history = await openNodeHistory();
    hold = createHold(({ kind }) => kind === "blob");
    front.setRule(hold.rule);
    await pushSampleImage("termination/held");
    await scene.install(release, { images: [`${front.address}/termination/held:1`] });
    await waitUntil("the pull is under way", 60_000, () => hold.held.length > 0);
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const finalizers = (pod: string, names: readonly string[] | null) =>
    scene.kubectl(
      "patch",
      "pod",
      pod,
      "--type=merge",
      "-p",
      JSON.stringify({ metadata: { finalizers: names } }),
    );

  const row = {
    row: 28,
    fault: "the pod is deleted in mid pull",
    expected: "143 within 2 s, the pull is cancelled, no verdict",
  };
  it("row 28, ends with 143 within 2 s, gives up the pull and writes no verdict", () =>
    proveFault(row, endInMidPull));

  async function endInMidPull(): Promise<string> {
    let seen = "";
    const { metadata } = await agentPod(scene, release);
    const [pid = 0, ...others] = agentPids(`${scene.name}/${release}`);
    assert.deepEqual([isAlive(pid), others], [true, []], "the agent is one process");
    const held = [...hold.held];
    await finalizers(metadata.name, [finalizer]);
    try {
      const toldAtMs = performance.now();
      await apiRequest(testCluster(), "DELETE", `/api/v1/namespaces/${scene.name}/pods/${metadata.name}`);
      await waitUntil("the process has ended", 10_000, () => !isAlive(pid), 20);
      const tookMs = performance.now() - toldAtMs;
      assert.ok(tookMs < 2_000, `it took ${Math.round(tookMs)} ms`);
      seen = `143 after ${Math.round(tookMs)} ms`;
      const status = "{.status.initContainerStatuses[0].state.terminated.exitCode}";
      // Less than the grace period of 10 s, at whose end the kubelet would have killed it.
      await scene.kubectl("wait", `pod/${metadata.name}`, `--for=jsonpath=${status}=143`, "--timeout=8s");
    } finally {
      await finalizers(metadata.name, null);
    }
    assert.ok(
      held.every(({ hungUp }) => hungUp.aborted),
      "containerd has given up the pull too",
    );
    const states = history.of(node, key).map(({ label, record }) => [label, record?.verdict]);
    assert.deepEqual(states, [
      [undefined, undefined],
      [undefined, "none"],
    ]);
    return seen;
  }

  it("leaves the work to the next pod, which says succeeded when the pull can end", async () => {
    hold.release();
    await history.untilLabelled([node], key, "succeeded");
    assert.deepEqual(
      history.of(node, key).map(({ label }) => label),
      [undefined, undefined, "succeeded"],
    );
  });
});
