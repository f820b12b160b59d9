import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { startNode, stopNode, wipeImages } from "../cluster/cluster.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { apiRequestsOf } from "./support/api-requests.ts";
import { createHold } from "./support/hold.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { isOnNode } from "./support/node-images.ts";
import { nodeNow } from "./support/node-now.ts";
import { type PodOnNode, podOnNode, untilPodOnNode, untilRanAgain } from "./support/pod-on-node.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { type KubernetesObject, openScene, type Scene } from "./support/scene.ts";

const release = "come-and-go";
const key = keyOf(release);

describe("nodes that come and go", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let first: string;
  const repositories = ["come-and-go/one", "come-and-go/two"] as const;
  const imageOf = (repository: string) => `${front.address}/${repository}:1`;

  before(async () => {
    scene = await openScene("come-and-go", 1, { labels: { pool: "chosen" } });
    first = scene.nodes()[0] ?? "";
    history = await openNodeHistory();
    front = await openRegistryFront();
    for (const repository of repositories) await pushSampleImage(repository);
    const nodeSelector = { story: scene.name, pool: "chosen" };
    await scene.install(release, { images: repositories.map(imageOf), nodeSelector });
    await history.untilLabelled([first], key, "succeeded");
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const labelsOf = (node: string) => history.of(node, key).map(({ label }) => label);
  const requestsFrom = (node: string) => {
    const address = scene.cluster().nodes.find(({ name }) => name === node)?.address;
    return front.requests.filter(({ from }) => from === address);
  };
  const imagesOn = async (node: string) => {
    const isThere = await Promise.all(repositories.map((repository) => isOnNode(node, imageOf(repository))));
    return repositories.filter((_, index) => isThere[index]);
  };
  it("prefetches a node that joins later, and leaves one alone that the nodeSelector leaves out", async () => {
    const [joined, leftOut] = await Promise.all([
      scene.addNode({ labels: { pool: "chosen" } }),
      scene.addNode({ labels: { pool: "other" } }),
    ]);
    await history.untilLabelled([joined], key, "succeeded");
    assert.deepEqual(labelsOf(joined), [undefined, undefined, "succeeded"], "nothing, worked on, succeeded");
    assert.deepEqual(await imagesOn(joined), repositories);

    const { status } = (await scene.get("daemonset", `${release}-prefetcher`)) as KubernetesObject;
    assert.equal(status.desiredNumberScheduled, 2, "the DaemonSet wants the first and the joined one");
    assert.equal(await podOnNode(scene, release, leftOut), undefined);
    assert.deepEqual(labelsOf(leftOut), [undefined]);
    assert.equal(history.now(leftOut, key).record, undefined);
    assert.deepEqual(await imagesOn(leftOut), []);
    assert.deepEqual(requestsFrom(leftOut), []);
  });

  describe("when a node comes back after a power cut", () => {
    let pod: PodOnNode;
    let since: Date;

    const powerCut = async (between: () => Promise<void> = async () => {}) => {
      pod = await untilPodOnNode(scene, release, first, ({ main }) => main.isRunning);
      await stopNode(scene.cluster(), first);
      await between();
      front.clear();
      since = new Date();
      await startNode(scene.cluster(), first);
    };

    it("withdraws `succeeded` before the first request for a wiped image, until all are back", async () => {
      const { uid } = (await scene.get("node", first)).metadata;
      const statesBefore = history.of(first, key).length;
      const [one, two] = repositories;
      const holdOne = createHold(({ repository }) => repository === one);
      const holdTwo = createHold(({ repository }) => repository === two);
      front.setRule((request) => holdOne.rule(request) ?? holdTwo.rule(request));
      const assertWithdrawn = async (when: string) => {
        const { label, record } = await nodeNow(first, key);
        assert.deepEqual([label, record?.verdict], [undefined, "none"], when);
      };
      try {
        await powerCut(() => wipeImages(scene.cluster(), first));
        const isAsked = () => requestsFrom(first).some(({ repository }) => repository !== undefined);
        await waitUntil(`${first} asks for an image`, 60_000, isAsked, 20);
        await assertWithdrawn("while the first request is held");
        assert.deepEqual(await imagesOn(first), []);

        holdOne.release();
        await waitUntil(`${one} is on ${first}`, 30_000, () => isOnNode(first, imageOf(one)));
        await assertWithdrawn("while one of two images is back");
      } finally {
        holdOne.release();
        holdTwo.release();
      }
      await history.untilLabelled([first], key, "succeeded");
      assert.deepEqual(await imagesOn(first), repositories);
      assert.deepEqual(labelsOf(first).slice(statesBefore - 1), ["succeeded", undefined, "succeeded"]);
      assert.equal((await scene.get("node", first)).metadata.uid, uid, "the Node object stayed");
    });

    it("keeps `succeeded` and asks no registry where the images are still there", async () => {
      const statesBefore = history.of(first, key).length;
      await powerCut();
      await untilRanAgain(scene, release, first, pod);
      assert.deepEqual(labelsOf(first).slice(statesBefore - 1), ["succeeded"]);
      assert.deepEqual(requestsFrom(first), []);
      const asked = apiRequestsOf(scene.name, first, since).length;
      assert.ok(asked >= 1 && asked <= 2, `one or two requests to the API server, not ${asked}`);
      assert.deepEqual(await imagesOn(first), repositories);
    });
  });
});
