import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { apiRequest } from "../cluster/api-request.ts";
import { startNode, stopNode } from "../cluster/cluster.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { agentPod } from "./support/agent-pod.ts";
import { agentPids, isAlive } from "./support/agent-process.ts";
import { createHold } from "./support/hold.ts";
import { type KeepScene, openKeepScene, withinOneIntervalMs } from "./support/keep-scene.ts";
import { killDaemon } from "./support/kill-daemon.ts";
import { isOnNode, removeFromNode } from "./support/node-images.ts";
import { refuseApiServer } from "./support/packet-fault.ts";
import { untilRanAgain } from "./support/pod-on-node.ts";

describe("a label that is kept true, where the agent is interrupted,", () => {
  let keep: KeepScene;
  before(async () => {
    keep = await openKeepScene("keep-interrupted", 3);
  });
  after(() => keep?.[Symbol.asyncDispose]());

  it("goes on when containerd is killed and comes back, without a `failed`", async () => {
    const pod = await keep.untilAsleep();
    const from = keep.stateCount();
    killDaemon(keep.node, "containerd");
    const isUp = () => isOnNode(keep.node, keep.images[1] ?? "").catch(() => false);
    await waitUntil("containerd answers", 30_000, isUp, 200);
    await keep.untilLookedAgain();
    assert.deepEqual(keep.labelsSince(from), []);
    await removeFromNode(keep.node, keep.images[1] ?? "");
    await keep.history.until(
      keep.node,
      keep.key,
      ({ label }) => label === "succeeded" && keep.stateCount() > from,
    );
    assert.deepEqual(keep.labelsSince(from), [undefined, "succeeded"]);
    const { main } = await keep.currentPod();
    assert.deepEqual([main.id, main.restartCount], [pod.main.id, 0], "one container lived through it all");
  });

  it("changes nothing while the API server is away, and pulls what has vanished all the same", async () => {
    await keep.untilAsleep();
    const from = keep.stateCount();
    const looksBefore = (await keep.looks()).length;
    await removeFromNode(keep.node, keep.images[0] ?? "");
    {
      await using _ = await refuseApiServer(keep.node);
      await waitUntil("the image is back", 60_000, () => isOnNode(keep.node, keep.images[0] ?? ""), 200);
      const isTold = async () =>
        (await keep.looks()).slice(looksBefore).some(({ error }) => error !== undefined);
      await waitUntil("a look says that the API server is away", 180_000, isTold, 1_000);
      assert.deepEqual(keep.labelsSince(from), []);
    }
    await keep.untilLookedAgain();
    await keep.untilLookedAgain();
    assert.ok(!keep.labelsSince(from).includes("failed"));
    assert.equal(keep.history.now(keep.node, keep.key).label, "succeeded");
  });

  it("goes on when the node comes back after a power cut, with its images and without a request", async () => {
    const pod = await keep.untilAsleep();
    const from = keep.stateCount();
    await stopNode(keep.scene.cluster(), keep.node);
    keep.front.clear();
    await startNode(keep.scene.cluster(), keep.node);
    await untilRanAgain(keep.scene, keep.release, keep.node, pod);
    await keep.untilLookedAgain();
    assert.deepEqual(keep.labelsSince(from), []);
    assert.deepEqual(keep.front.requests, []);
  });

  describe("ends at once, with 143 and without a verdict, when its pod is deleted", () => {
    /** Deletes the pod; its exit code, how long its process took, and the states of the Node since. */
    const endOfPod = async () => {
      const { metadata } = await agentPod(keep.scene, keep.release);
      const [pid = 0] = agentPids(`${keep.scene.name}/${keep.release}`);
      const from = keep.stateCount();
      const finalizers = (names: readonly string[] | null) =>
        keep.scene.kubectl(
          ...["patch", "pod", metadata.name, "--type=merge"],
          ...["-p", JSON.stringify({ metadata: { finalizers: names } })],
        );
      // Keeps the deleted pod's object until its exit code was read.
      await finalizers(["image-prefetcher.test/exit-code"]);
      try {
        const path = `/api/v1/namespaces/${keep.scene.name}/pods/${metadata.name}`;
        const atMs = performance.now();
        await apiRequest(keep.scene.cluster(), "DELETE", path);
        await waitUntil("the process has ended", 20_000, () => !isAlive(pid), 20);
        const tookMs = performance.now() - atMs;
        const code = "{.status.containerStatuses[0].state.terminated.exitCode}";
        await keep.scene.kubectl(
          "wait",
          `pod/${metadata.name}`,
          `--for=jsonpath=${code}=143`,
          "--timeout=8s",
        );
        return { tookMs, labels: keep.labelsSince(from) };
      } finally {
        await finalizers(null);
      }
    };

    it("asleep", async (test) => {
      await keep.untilAsleep();
      const { tookMs, labels } = await endOfPod();
      test.diagnostic(`asleep: ended ${Math.round(tookMs)} ms after the deletion`);
      assert.ok(tookMs < 2_000, `it took ${Math.round(tookMs)} ms`);
      assert.deepEqual(labels, []);
      await keep.currentPod();
    });

    it("in mid pull", async (test) => {
      await keep.untilAsleep();
      const hold = createHold(
        ({ kind, repository }) => kind === "blob" && repository === "keep-interrupted/image-2",
      );
      keep.front.setRule(hold.rule);
      try {
        await removeFromNode(keep.node, keep.images[2] ?? "");
        await waitUntil("the pull is under way", 60_000, () => hold.held.length > 0, 20);
        const { tookMs, labels } = await endOfPod();
        test.diagnostic(`in mid pull: ended ${Math.round(tookMs)} ms after the deletion`);
        assert.ok(tookMs < 2_000, `it took ${Math.round(tookMs)} ms`);
        assert.deepEqual(labels, []);
        assert.equal(keep.history.now(keep.node, keep.key).label, undefined);
      } finally {
        hold.release();
        keep.front.setRule(undefined);
      }
      await keep.history.untilLabelled([keep.node], keep.key, "succeeded");
    });
  });

  it("stays where mode once follows, and keep again, as the list is the same", async () => {
    await keep.untilAsleep();
    const from = keep.stateCount();
    keep.front.clear();
    const before = await keep.currentPod();
    const values = { images: keep.images };
    const untilReplaced = (program: string) => async () => {
      const pod = await keep.currentPod();
      return pod.uid !== before.uid && keep.programsOf(pod).includes(program);
    };
    await keep.scene.upgrade(keep.release, { ...values, mode: "once" });
    await waitUntil("the pod pauses", 60_000, untilReplaced("/pause"), 200);
    await keep.scene.upgrade(keep.release, { ...values, mode: "keep", keep: { interval: "10s" } });
    await waitUntil("the agent sleeps", 60_000, untilReplaced("snooze"), 200);
    await keep.untilLookedAgain();
    assert.deepEqual(keep.labelsSince(from), []);
    assert.deepEqual(keep.front.requests, []);
  });

  it("goes with the release, and does not come back", async () => {
    await keep.untilAsleep();
    const from = keep.stateCount();
    await keep.scene.helm("uninstall", keep.release);
    await keep.history.until(keep.node, keep.key, ({ label, record }) => label === undefined && !record);
    // Longer than any look of a pod that were still there would take to write it anew.
    await sleep(withinOneIntervalMs);
    assert.deepEqual(keep.labelsSince(from), [undefined]);
  });
});
