import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { apiRequest } from "../cluster/api-request.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { askedRepositories } from "./support/asked-repositories.ts";
import { type KeepScene, type LookLine, openKeepScene, withinOneIntervalMs } from "./support/keep-scene.ts";
import { killDaemon } from "./support/kill-daemon.ts";
import { diskOf, fillDisk, unfillDisk } from "./support/node-disk.ts";
import { isOnNode } from "./support/node-images.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import type { KubernetesObject } from "./support/scene.ts";

const MiB = 1024 * 1024;
const imageCount = 3;

describe("a label that is kept true, where the kubelet collects images,", { concurrency: 2 }, () => {
  describe("because they are old", { concurrency: 1 }, () => {
    const once = "keep-garbage-once";
    let keep: KeepScene;
    let imageOfOnce: string;
    // Every unused image is too old. A kubelet collects such images when it starts, and then every 5 minutes.
    const kubelet = { imageMinimumGCAge: "1ns", imageMaximumGCAge: "2ns" };

    before(async () => {
      keep = await openKeepScene("keep-garbage", imageCount, { node: { kubelet } });
      await pushSampleImage("keep-garbage/once");
      imageOfOnce = `${keep.front.address}/keep-garbage/once:1`;
      await Promise.all([
        keep.scene.install(once, { images: [imageOfOnce] }),
        keep.history.untilLabelled([keep.node], keyOf(once), "succeeded"),
        keep.untilLookedAgain(),
      ]);
    });
    after(() => keep?.[Symbol.asyncDispose]());

    /** Lets the kubelet collect so many images while the agent sleeps; the time when it says that it has. */
    const collect = async (count: number) => {
      await keep.untilAsleep();
      keep.front.clear();
      await restartKubelet(keep, count);
      return performance.now();
    };
    const untilBack = (from: number) =>
      keep.history.until(
        keep.node,
        keep.key,
        ({ label }) => label === "succeeded" && keep.stateCount() > from,
      );
    const untilEvicted = async (from: number) => {
      const { record } = await keep.history.until(
        keep.node,
        keep.key,
        ({ label }) => label === "failed" && keep.stateCount() > from,
      );
      assert.deepEqual(
        record?.failed,
        keep.images.map((image) => ({ image, reason: "evicted" })),
      );
    };

    it("has them back within one interval, the first time", async (test) => {
      const from = keep.stateCount();
      // The image of the release in mode once among them, and not the agent's own, which is in use.
      const atMs = await collect(imageCount + 1);
      await untilBack(from);
      const tookMs = performance.now() - atMs;
      test.diagnostic(`succeeded again ${Math.round(tookMs)} ms after the kubelet had removed the images`);
      assert.deepEqual(keep.labelsSince(from), [undefined, "succeeded"]);
      assert.ok(tookMs <= withinOneIntervalMs, `it took ${Math.round(tookMs)} ms`);
      assert.deepEqual(
        askedRepositories(keep.front.requests).toSorted(),
        keep.images.map((_, index) => keep.repositoryOf(index)),
      );
    });

    it("stands in mode once, though its image is gone", async () => {
      assert.equal(await isOnNode(keep.node, imageOfOnce), false);
      assert.deepEqual(
        keep.history
          .of(keep.node, keyOf(once))
          .map(({ label }) => label)
          .slice(-1),
        ["succeeded"],
      );
    });

    it("says failed, evicted, when they vanish again, and tries again after one interval, then after two", async () => {
      const [from, looks] = [keep.stateCount(), (await keep.looks()).length];
      await collect(imageCount);
      await untilEvicted(from);
      assert.deepEqual(keep.front.requests, []);
      await untilBack(from + 1);
      const again = keep.stateCount();
      await collect(imageCount);
      await untilEvicted(again);
      await untilBack(again + 1);
      assert.deepEqual(keep.labelsSince(from), ["failed", "succeeded", "failed", "succeeded"]);
      await keep.untilAsleep();
      const deeds = (await keep.looks()).slice(looks).map(deedOf);
      assert.deepEqual(
        deeds.filter((deed) => deed !== "looked"),
        ["left", "pulled", "left", "held", "pulled"],
      );
    });

    it("keeps the pod through it all", async () => {
      const { prefetch, main } = await keep.currentPod();
      assert.deepEqual([prefetch.restartCount, main.restartCount], [0, 0]);
    });
  });

  describe("because the disk is full", { concurrency: 1 }, () => {
    // On the disk an image takes this twice: 3.3 % of it each.
    const [diskMiB, imageBytes] = [1000, 16 * MiB];
    const minFreePercent = 30;
    let keep: KeepScene;

    before(async () => {
      keep = await openKeepScene("keep-pressure", imageCount, {
        imageBytes,
        node: {
          diskMiB,
          kubelet: {
            evictionHard: { "memory.available": "100Mi" },
            // Soft, so that the Node reports the condition before the images go, and not at about the same time.
            evictionSoft: { "imagefs.available": `${minFreePercent}%` },
            evictionSoftGracePeriod: { "imagefs.available": "2s" },
            evictionPressureTransitionPeriod: "15s",
            imageMinimumGCAge: "1s",
            nodeStatusUpdateFrequency: "1s",
          },
        },
      });
    });
    after(() => keep?.[Symbol.asyncDispose]());

    /** Whether the Node reports the condition, and since when, in milliseconds since 1970 without their last three digits. */
    const conditionOf = async () => {
      const { status } = await keep.scene.get<KubernetesObject>("node", keep.node);
      const conditions: { type: string; status: string; lastTransitionTime: string }[] = status.conditions;
      const pressure = conditions.find(({ type }) => type === "DiskPressure");
      return {
        isReported: pressure?.status === "True",
        sinceMs: Date.parse(pressure?.lastTransitionTime ?? ""),
      };
    };

    it("leaves them to the kubelet while the condition stands, and has them back when it is gone", async (test) => {
      const [from, looks] = [keep.stateCount(), (await keep.looks()).length];
      // It notices images when it starts and then every 5 minutes, and removes none that it has not noticed before.
      await restartKubelet(keep, 0);
      const pod = await keep.untilAsleep();
      keep.front.clear();
      // Less than the images take, so that without them there is enough.
      await fillDisk(keep.node, minFreePercent - 5);
      const { record } = await keep.history.until(
        keep.node,
        keep.key,
        ({ label }) => label === "failed",
        60_000,
      );
      assert.deepEqual(
        record?.failed,
        keep.images.map((image) => ({ image, reason: "evicted" })),
      );
      assert.equal((await conditionOf()).isReported, true);
      test.diagnostic(`${diskOf(keep.node).freePercent.toFixed(1)} % free without the images`);
      await unfillDisk(keep.node);
      await waitUntil("the condition is gone", 60_000, async () => !(await conditionOf()).isReported, 250);
      const { sinceMs } = await conditionOf();
      const early = keep.front.requests.filter(({ atMs }) => performance.timeOrigin + atMs < sinceMs);
      assert.deepEqual(early, [], "nothing was pulled while it stood");
      await keep.history.untilLabelled([keep.node], keep.key, "succeeded");
      assert.deepEqual(keep.labelsSince(from), ["failed", "succeeded"]);
      const deeds = (await keep.looks()).slice(looks).map(deedOf);
      test.diagnostic(deeds.join(", "));
      const now = await keep.currentPod();
      assert.deepEqual(
        [now.uid, now.main.id, now.main.restartCount],
        [pod.uid, pod.main.id, 0],
        "the pod lived on",
      );
    });
  });
});

/** Starts the node's kubelet anew and waits until it has removed so many images because of their age, no more and no fewer. */
async function restartKubelet({ scene, node }: KeepScene, removed: number): Promise<void> {
  killDaemon(node, "kubelet");
  await waitUntil(`the kubelet of ${node} has removed ${removed} images`, 30_000, async () => {
    const path = `/api/v1/nodes/${node}/proxy/metrics`;
    const { status, body } = await apiRequest(scene.cluster(), "GET", path);
    const line = /^kubelet_image_garbage_collected_total\{reason="age"\} (\d+)$/m.exec(String(body));
    return status === 200 && Number(line?.[1] ?? 0) === removed;
  });
}

/** What a look did about images that are gone: it left them, it held back, or it pulled; else it only looked. */
function deedOf({ msg, verdict, pulled = 0 }: LookLine): "left" | "held" | "pulled" | "looked" {
  if (msg.includes("not time to pull")) return "held";
  if (pulled > 0) return "pulled";
  return verdict === "failed" ? "left" : "looked";
}
