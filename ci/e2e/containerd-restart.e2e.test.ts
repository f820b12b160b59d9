import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { createHold } from "./support/hold.ts";
import { killDaemon } from "./support/kill-daemon.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { isOnNode } from "./support/node-images.ts";
import { untilPodOnNode } from "./support/pod-on-node.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

describe("containerd during a pull", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let node: string;

  before(async () => {
    scene = await openScene("restart", 1);
    node = scene.nodes()[0] ?? "";
    history = await openNodeHistory();
    front = await openRegistryFront();
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  /** Installs a list of one image, does `meanwhile` while its blob is held, and returns the agent's log lines on it. */
  const pullWith = async (release: string, meanwhile: () => void) => {
    const [repository, key] = [`restart/${release}`, keyOf(release)];
    const image = `${front.address}/${repository}:1`;
    await pushSampleImage(repository);
    const hold = createHold((request) => request.kind === "blob" && request.repository === repository);
    front.setRule(hold.rule);
    await scene.install(release, { images: [image] });
    await waitUntil("the blob is asked for", 60_000, () => hold.held.length > 0, 20);
    meanwhile();
    hold.release();
    await history.untilLabelled([node], key, "succeeded");

    const labels = history.of(node, key).map(({ label }) => label);
    assert.deepEqual(labels, [undefined, undefined, "succeeded"], "it was never `failed`");
    assert.equal(await isOnNode(node, image), true);
    const pod = await untilPodOnNode(scene, release, node, ({ main }) => main.isRunning);
    assert.equal(pod.prefetch.restartCount, 0, "one process lived through it all");
    const log = (await scene.kubectl("logs", pod.name, "--container", "prefetch")).trim().split("\n");
    return log.map((line) => JSON.parse(line) as LogLine).filter((line) => line.image === image);
  };

  it("is killed: the agent tries once more, and the node says `succeeded` in the end", async () => {
    const [first, second, ...others] = await pullWith("restart-killed", () => killDaemon(node, "containerd"));
    assert.deepEqual([first?.attemptNumber, first?.reason], [1, "runtime_down"]);
    assert.deepEqual(
      [second?.outcome, second?.attempts],
      ["pulled", 1],
      "its end is no failure of the image",
    );
    assert.deepEqual(others, []);
  });

  it("is left alone: one attempt is enough", async () => {
    const [first, ...others] = await pullWith("restart-alone", () => {});
    assert.deepEqual([first?.outcome, first?.attempts], ["pulled", 1]);
    assert.deepEqual(others, []);
  });
});

interface LogLine {
  readonly image?: string;
  readonly attemptNumber?: number;
  readonly reason?: string;
  readonly outcome?: string;
  readonly attempts?: number;
}
