import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { isOnNode } from "./support/node-images.ts";
import { pausePod, requiredAffinity } from "./support/pause-pod.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

describe("prefetching a list", () => {
  let scene: Scene;
  let history: NodeHistory;
  const reference = (name: string) => `${testCluster().registry}/prefetch/${name}:1`;

  before(async () => {
    scene = await openScene("prefetch", 2);
    history = await openNodeHistory();
    for (const name of ["one", "two", "three"]) await pushSampleImage(`prefetch/${name}`);
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const podsNode = async (pod: string) => (await scene.get("pod", pod)).spec.nodeName as string | undefined;
  const lands = (pod: string) =>
    waitUntil(`pod ${pod} has a node`, 30_000, async () => (await podsNode(pod)) !== undefined);
  const isUnschedulable = (pod: string) =>
    waitUntil(`the scheduler refuses pod ${pod}`, 30_000, async () => {
      const conditions: { reason?: string }[] = (await scene.get("pod", pod)).status.conditions ?? [];
      return conditions.some(({ reason }) => reason === "Unschedulable");
    });

  it("labels both nodes and lets workloads find them", async () => {
    const images = ["one", "two", "three"].map(reference);
    const key = keyOf("prefetch-all");
    await scene.install("prefetch-all", { images });
    await history.untilLabelled(scene.nodes(), key, "succeeded");

    for (const node of scene.nodes()) {
      for (const image of images) assert.equal(await isOnNode(node, image), true, `${image} on ${node}`);
      assert.deepEqual(
        history.of(node, key).map(({ label }) => label),
        [undefined, undefined, "succeeded"],
        "nothing, then worked on, then succeeded",
      );
    }
    const listed = await scene.kubectl("get", "nodes", "-l", `${key}=succeeded`, "-o", "name");
    assert.deepEqual(
      listed.trim().split("\n").sort(),
      scene
        .nodes()
        .map((node) => `node/${node}`)
        .sort(),
    );

    await scene.apply(
      pausePod("by-selector", { nodeSelector: { [key]: "succeeded" } }),
      pausePod("by-affinity", { affinity: requiredAffinity(key, ["succeeded"]) }),
    );
    for (const pod of ["by-selector", "by-affinity"]) {
      await lands(pod);
      assert.ok(scene.nodes().includes((await podsNode(pod)) ?? ""), `${pod} is on one of the nodes`);
    }
  });

  it("keeps a workload waiting while an image is missing, until the next round finds it", async () => {
    const key = keyOf("prefetch-missing");
    // A name that no earlier run on this cluster has pushed.
    const late = `late-${randomBytes(4).toString("hex")}`;
    const images = [reference("one"), reference(late)];
    await scene.install("prefetch-missing", { images, pull: { retry: { initialDelay: "2s" } } });
    await history.untilLabelled(scene.nodes(), key, "failed");
    for (const node of scene.nodes()) {
      const { record } = history.now(node, key);
      assert.deepEqual(record?.failed, [{ image: reference(late), reason: "not_found" }]);
      assert.equal(await isOnNode(node, reference("one")), true, "the other image is there");
    }

    await scene.apply(pausePod("waiting", { nodeSelector: { [key]: "succeeded" } }));
    await isUnschedulable("waiting");
    assert.equal(await podsNode("waiting"), undefined);

    await pushSampleImage(`prefetch/${late}`);
    await history.untilLabelled(scene.nodes(), key, "succeeded");
    await lands("waiting");
    for (const node of scene.nodes()) {
      const labels = history.of(node, key).map(({ label }) => label);
      assert.deepEqual(
        labels,
        [undefined, undefined, "failed", "succeeded"],
        "failed stands until it is better known",
      );
    }
  });
});
