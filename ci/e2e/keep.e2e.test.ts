import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { apiRequest } from "../cluster/api-request.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { apiRequestsOf } from "./support/api-requests.ts";
import { askedRepositories } from "./support/asked-repositories.ts";
import { createHold } from "./support/hold.ts";
import { type KeepScene, keepValues, openKeepScene, withinOneIntervalMs } from "./support/keep-scene.ts";
import { isOnNode, removeFromNode } from "./support/node-images.ts";
import { pathOnNode } from "./support/path-on-node.ts";
import { untilPodOnNode } from "./support/pod-on-node.ts";
import { processorMsOf } from "./support/processor-time.ts";
import { answers, onRequests } from "./support/registry-fault.ts";

const imageCount = 20;
const mebibyte = 1024 * 1024;

describe("a label that is kept true", () => {
  let keep: KeepScene;
  before(async () => {
    keep = await openKeepScene("keep", imageCount);
  });
  after(() => keep?.[Symbol.asyncDispose]());

  it("leaves no Node.js between two looks, and 2 MiB at most", async (test) => {
    const pod = await keep.untilAsleep();
    assert.deepEqual(keep.programsOf(pod), ["/tini", "snooze"]);
    const bytes = keep.processesOf(pod).reduce((sum, seen) => sum + seen.proportionalSetSizeBytes, 0);
    test.diagnostic(`asleep: ${(bytes / mebibyte).toFixed(2)} MiB PSS`);
    assert.ok(bytes > 0 && bytes <= 2 * mebibyte, `${bytes} bytes`);
  });

  it("asks no registry where all is there, and the API server once a look", async (test) => {
    const pod = await keep.untilAsleep();
    keep.front.clear();
    const [countBefore, since] = [(await keep.looks()).length, new Date()];
    const cpuBefore = processorMsOf(keep.node, pod.uid, pod.main.id ?? "");
    await keep.untilLookedAgain();
    await keep.untilLookedAgain();
    await keep.untilAsleep();
    const cpuMs =
      (processorMsOf(keep.node, pod.uid, pod.main.id ?? "") - cpuBefore) /
      ((await keep.looks()).length - countBefore);
    const asked = apiRequestsOf(keep.scene.name, keep.node, since).length;
    const looked = (await keep.looks()).length - countBefore;
    test.diagnostic(
      `a look over ${imageCount} images: ${Math.round(cpuMs)} ms of processor time, its start included`,
    );
    assert.deepEqual(keep.front.requests, []);
    assert.ok(asked >= looked && asked <= looked + 1, `${asked} requests for ${looked} looks`);
    const told = await keep.looks();
    assert.ok(told.every(({ verdict, present }) => verdict === "succeeded" && present === imageCount));
  });

  it("brings an image back within one interval, and says nothing untrue for longer than that", async () => {
    await keep.untilAsleep();
    const from = keep.stateCount();
    const atMs = performance.now();
    await removeFromNode(keep.node, keep.images[0] ?? "");
    await waitUntil("the image is back", 60_000, () => isOnNode(keep.node, keep.images[0] ?? ""), 100);
    const backMs = performance.now() - atMs;
    await keep.history.until(
      keep.node,
      keep.key,
      ({ label }) => label === "succeeded" && keep.stateCount() > from,
    );
    assert.deepEqual(keep.labelsSince(from), [undefined, "succeeded"]);
    assert.ok(backMs <= withinOneIntervalMs, `it took ${Math.round(backMs)} ms`);
    assert.deepEqual(askedRepositories(keep.front.requests), ["keep/image-0"], "only what was gone");
  });

  it("removes the label before the first request for an image that is gone", async () => {
    await keep.untilAsleep();
    const hold = createHold(({ repository }) => repository === "keep/image-1");
    keep.front.setRule(hold.rule);
    try {
      await removeFromNode(keep.node, keep.images[1] ?? "");
      await waitUntil("the registry is asked", 60_000, () => hold.held.length > 0, 20);
      const { label, record } = keep.history.now(keep.node, keep.key);
      assert.deepEqual([label, record?.verdict], [undefined, "none"]);
    } finally {
      hold.release();
      keep.front.setRule(undefined);
    }
    await keep.history.untilLabelled([keep.node], keep.key, "succeeded");
  });

  it("says failed where it cannot be brought back, and succeeded once it can", async () => {
    await keep.untilAsleep();
    const from = keep.stateCount();
    keep.front.setRule(onRequests({ repository: "keep/image-2" }, answers(404)));
    try {
      await removeFromNode(keep.node, keep.images[2] ?? "");
      const { record } = await keep.history.until(keep.node, keep.key, ({ label }) => label === "failed");
      assert.deepEqual(record?.failed, [{ image: keep.images[2], reason: "not_found" }]);
    } finally {
      keep.front.setRule(undefined);
    }
    await keep.history.untilLabelled([keep.node], keep.key, "succeeded");
    assert.deepEqual(keep.labelsSince(from), [undefined, "failed", "succeeded"]);
  });

  it("writes a label anew that somebody has removed, or set to something else, within one interval", async () => {
    for (const change of [`${keep.key}-`, `${keep.key}=failed`]) {
      await keep.untilAsleep();
      const from = keep.stateCount();
      const atMs = performance.now();
      await keep.scene.kubectl("label", "node", keep.node, "--overwrite", change);
      await keep.history.until(
        keep.node,
        keep.key,
        ({ label }) => label === "succeeded" && keep.stateCount() > from,
      );
      const tookMs = performance.now() - atMs;
      assert.ok(tookMs <= withinOneIntervalMs, `it took ${Math.round(tookMs)} ms`);
    }
    assert.equal(keep.history.now(keep.node, keep.key).record?.verdict, "succeeded");
  });

  it("writes label and annotation on a Node object that is made anew under a living pod", async () => {
    const pod = await keep.untilAsleep();
    const { metadata, spec } = await keep.scene.get("node", keep.node);
    const { [keep.key]: _, ...labels } = metadata.labels ?? {};
    await apiRequest(keep.scene.cluster(), "DELETE", `/api/v1/nodes/${keep.node}`);
    const anew = { apiVersion: "v1", kind: "Node", metadata: { name: keep.node, labels }, spec };
    const { status } = await apiRequest(keep.scene.cluster(), "POST", "/api/v1/nodes", anew);
    assert.equal(status, 201);
    const atMs = performance.now();
    const now = async () => (await keep.scene.get("node", keep.node)).metadata;
    assert.notEqual((await now()).uid, metadata.uid);
    await waitUntil(
      "the new Node is labelled",
      60_000,
      async () => (await now()).labels?.[keep.key] === "succeeded",
      200,
    );
    const tookMs = performance.now() - atMs;
    assert.ok(tookMs <= withinOneIntervalMs, `it took ${Math.round(tookMs)} ms`);
    assert.equal((await keep.currentPod()).uid, pod.uid, "the pod lived on");
  });

  it("keeps a list true whose ConfigMap somebody edits in place, by the list that the pod was started with", async () => {
    const release = "keep-edited";
    const images = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: release } };
    const [image = ""] = keep.images;
    await keep.scene.apply({ ...images, data: { list: image } });
    const revision = revisionOf("IfNotPresent", [image]);
    const existingList = { configMap: release, key: "list", revision };
    await keep.scene.install(release, { ...keepValues, images: null, existingList });
    await keep.history.untilLabelled([keep.node], keyOf(release), "succeeded");
    const pod = await untilPodOnNode(keep.scene, release, keep.node, ({ main }) => main.isRunning);

    // The process of the next look is then another one, which reads the list anew.
    await waitUntil("it sleeps", 30_000, () => keep.programsOf(pod).includes("snooze"), 50);
    const edited = `${keep.images[1]}\n`;
    await keep.scene.apply({ ...images, data: { list: edited } });
    // Whatever changes at a pod makes the kubelet look at its volumes at once.
    await keep.scene.kubectl("annotate", "pod", pod.name, "story/edited=true");
    const volumes = pathOnNode(keep.node, `var/lib/kubelet/pods/${pod.uid}/volumes`);
    const file = join(volumes, "kubernetes.io~configmap/images/list");
    await waitUntil("the kubelet has written the edit", 120_000, () => readFileSync(file, "utf8") === edited);

    const key = keyOf(release);
    const states = () => keep.history.of(keep.node, key).length;
    const from = states();
    await keep.scene.kubectl("label", "node", keep.node, `${key}-`);
    const { record } = await keep.history.until(
      keep.node,
      key,
      ({ label }) => label === "succeeded" && states() > from,
      withinOneIntervalMs,
    );
    assert.equal(record?.revision, revision);
    const { main } = await untilPodOnNode(keep.scene, release, keep.node, ({ main }) => main.isRunning);
    assert.deepEqual([main.id, main.restartCount], [pod.main.id, 0], "the container lived on");
  });
});
