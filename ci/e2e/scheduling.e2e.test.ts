import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { apiRequestsOf } from "./support/api-requests.ts";
import { killSandbox } from "./support/kill-sandbox.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { isOnNode, removeFromNode } from "./support/node-images.ts";
import { requiredAffinity } from "./support/pause-pod.ts";
import { podOnNode, untilPodOnNode, untilRanAgain } from "./support/pod-on-node.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

type Where = "plain" | "tainted";
const tolerations = [{ key: "dedicated", operator: "Equal", value: "fast", effect: "NoSchedule" }];

/** Each row but the first has a neighbour that differs in one value and comes to other nodes. */
const choices: readonly {
  readonly release: string;
  readonly what: string;
  readonly values: object;
  readonly chosen: readonly Where[];
}[] = [
  {
    release: "scheduling-default",
    what: "no tolerations leave a tainted node out",
    values: {},
    chosen: ["plain"],
  },
  {
    release: "scheduling-tolerant",
    what: "tolerations let a tainted node in",
    values: { tolerations },
    chosen: ["plain", "tainted"],
  },
  {
    release: "scheduling-selected",
    what: "a nodeSelector takes the nodes with its label",
    values: { tolerations, nodeSelector: { story: "scheduling", disk: "fast" } },
    chosen: ["tainted"],
  },
  {
    release: "scheduling-affine",
    what: "an affinity takes the nodes that it matches",
    values: { tolerations, affinity: requiredAffinity("disk", ["slow", "slower"]) },
    chosen: ["plain"],
  },
  {
    release: "scheduling-averse",
    what: "another affinity takes the others",
    values: { tolerations, affinity: requiredAffinity("disk", ["fast", "faster"]) },
    chosen: ["tainted"],
  },
];

describe("scheduling", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let nodes: Readonly<Record<Where, string>>;
  const imageOf = (release: string) => `${front.address}/scheduling/${release}:1`;

  before(async () => {
    scene = await openScene("scheduling", 0);
    const [plain, tainted] = await Promise.all([
      scene.addNode({ labels: { disk: "slow" } }),
      scene.addNode({ labels: { disk: "fast" }, taints: ["dedicated=fast:NoSchedule"] }),
    ]);
    nodes = { plain, tainted };
    history = await openNodeHistory();
    front = await openRegistryFront();
    const install = async ({ release, values }: (typeof choices)[number]) => {
      await pushSampleImage(`scheduling/${release}`);
      await scene.install(release, { images: [imageOf(release)], ...values });
    };
    await Promise.all(choices.map(install));
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await front?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  for (const { release, what, chosen } of choices) {
    it(`${what} (${chosen.join(" and ")})`, async () => {
      const key = keyOf(release);
      const isChosen = (where: string) => chosen.includes(where as Where);
      await history.untilLabelled(
        chosen.map((where) => nodes[where]),
        key,
        "succeeded",
      );
      const isDecided = async () => {
        const { status } = await scene.get("daemonset", `${release}-prefetcher`);
        return status.desiredNumberScheduled === chosen.length && status.numberReady === chosen.length;
      };
      await waitUntil(`the DaemonSet has pods on ${chosen.length} nodes`, 60_000, isDecided);
      for (const [where, node] of Object.entries(nodes)) {
        const labels = new Set(history.of(node, key).map(({ label }) => label));
        assert.deepEqual([...labels], isChosen(where) ? [undefined, "succeeded"] : [undefined], where);
        assert.equal(await isOnNode(node, imageOf(release)), isChosen(where), where);
        assert.equal((await podOnNode(scene, release, node)) !== undefined, isChosen(where), where);
      }
    });
  }

  describe("when the pod's sandbox is killed", () => {
    let since: Date;

    /** The label's values from before the kill until the work is done again. */
    const killAndWait = async (release: string) => {
      const states = () => history.of(nodes.plain, keyOf(release));
      const pod = await untilPodOnNode(scene, release, nodes.plain, ({ main }) => main.isRunning);
      const statesBefore = states().length;
      front.clear();
      since = new Date();
      await killSandbox(nodes.plain, pod);
      await untilRanAgain(scene, release, nodes.plain, pod);
      return states()
        .slice(statesBefore - 1)
        .map(({ label }) => label);
    };

    it("works again, keeps the label and pulls nothing", async () => {
      assert.deepEqual(await killAndWait("scheduling-default"), ["succeeded"]);
      assert.deepEqual(front.requests, []);
      const asked = apiRequestsOf(scene.name, nodes.plain, since).length;
      assert.ok(asked >= 1 && asked <= 2, `one or two requests to the API server, not ${asked}`);
    });

    it("withdraws the label and pulls where the image was removed meanwhile", async () => {
      // Another release: of a pod that is killed twice the kubelet waits 10 s before it starts the containers anew.
      const release = "scheduling-affine";
      await removeFromNode(nodes.plain, imageOf(release));
      assert.deepEqual(await killAndWait(release), ["succeeded", undefined, "succeeded"]);
      assert.ok(front.requests.length > 0, "the image came from its registry again");
      assert.equal(await isOnNode(nodes.plain, imageOf(release)), true);
    });
  });
});
