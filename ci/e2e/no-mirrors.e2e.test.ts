import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { isOnNode } from "./support/node-images.ts";
import { untilPodOnNode } from "./support/pod-on-node.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

describe("a node on which no registry is mirrored", () => {
  let scene: Scene;
  let history: NodeHistory;
  let node: string;
  const imageOf = (release: string) => `${testCluster().registry}/no-mirrors/${release}:1`;
  const install = async (release: string, ...flags: readonly string[]) => {
    await pushSampleImage(`no-mirrors/${release}`);
    await scene.install(release, { images: [imageOf(release)] }, ...flags);
  };

  before(async () => {
    scene = await openScene("no-mirrors", 1, { mirrors: false });
    node = scene.nodes()[0] ?? "";
    history = await openNodeHistory();
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  it("is prefetched with the agent's own image under the name that it was pushed by", async () => {
    const release = "no-mirrors-named";
    await install(release, "--set", `image.repository=${testCluster().registry}/stackrox/prefetcher`);
    await history.untilLabelled([node], keyOf(release), "succeeded");
    assert.equal(await isOnNode(node, imageOf(release)), true);
  });

  it("never starts the agent, and carries no label, under the chart's default name", async () => {
    const release = "no-mirrors-default";
    await install(release);
    const { prefetch } = await untilPodOnNode(scene, release, node, (pod) =>
      ["ErrImagePull", "ImagePullBackOff"].includes(pod.prefetch.waitingReason ?? ""),
    );
    assert.equal(prefetch.id, undefined, "no container was ever made");
    const states = history.of(node, keyOf(release)).map(({ label, record }) => ({ label, record }));
    assert.deepEqual(states, [{ label: undefined, record: undefined }]);
    assert.equal(await isOnNode(node, imageOf(release)), false);
  });
});
