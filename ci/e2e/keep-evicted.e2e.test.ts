import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { agentPods } from "./support/agent-pod.ts";
import { type KeepScene, keepValues, openKeepScene } from "./support/keep-scene.ts";
import { fillDisk, unfillDisk } from "./support/node-disk.ts";
import { isOnNode } from "./support/node-images.ts";
import { pushSampleImage } from "./support/sample-image.ts";

// Without the images there is still less free than the kubelet wants, so that it evicts pods.
const [minFreePercent, leftFreePercent] = [30, 10];

describe("two labels that are kept true, on a node whose kubelet evicts pods,", { concurrency: 1 }, () => {
  const ordinary = "keep-ordinary";
  let keep: KeepScene;
  let imageOfOrdinary: string;

  before(async () => {
    keep = await openKeepScene("keep-critical", 1, {
      values: { priorityClassName: "system-node-critical" },
      node: {
        diskMiB: 1000,
        kubelet: {
          evictionHard: { "memory.available": "100Mi", "imagefs.available": `${minFreePercent}%` },
          evictionPressureTransitionPeriod: "10s",
          imageMinimumGCAge: "1s",
          nodeStatusUpdateFrequency: "1s",
        },
      },
    });
    await pushSampleImage("keep-critical/ordinary");
    imageOfOrdinary = `${keep.front.address}/keep-critical/ordinary:1`;
    await keep.scene.install(ordinary, { ...keepValues, images: [imageOfOrdinary] });
    await keep.history.untilLabelled([keep.node], keyOf(ordinary), "succeeded");
  });
  after(() => keep?.[Symbol.asyncDispose]());

  const stateOfOrdinary = () => keep.history.now(keep.node, keyOf(ordinary));

  it("is looked after under DiskPressure by a pod that is critical to its node, and by no other", async () => {
    const from = keep.stateCount();
    const pod = await keep.untilAsleep();
    keep.front.clear();
    await fillDisk(keep.node, leftFreePercent);
    await waitUntil("the ordinary pod is evicted", 90_000, async () =>
      (await agentPods(keep.scene, ordinary)).some(({ status }) => status.reason === "Evicted"),
    );
    const { record } = await keep.history.until(
      keep.node,
      keep.key,
      ({ label }) => label === "failed",
      90_000,
    );
    assert.deepEqual(record?.failed, [{ image: keep.images[0], reason: "evicted" }]);
    assert.equal(await isOnNode(keep.node, imageOfOrdinary), false);
    assert.equal(stateOfOrdinary().label, "succeeded", "nobody looks");
    assert.deepEqual(keep.front.requests, [], "nothing is pulled while the condition stands");

    await unfillDisk(keep.node);
    await keep.history.untilLabelled([keep.node], keep.key, "succeeded", 90_000);
    assert.deepEqual(keep.labelsSince(from), ["failed", "succeeded"]);
    const now = await keep.currentPod();
    assert.deepEqual([now.uid, now.main.id, now.main.restartCount], [pod.uid, pod.main.id, 0]);
  });
});
