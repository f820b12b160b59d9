import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { copyChart } from "../chart/chart-copy.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { type NodeHistory, type NodeState, openNodeHistory } from "./support/node-history.ts";
import { isOnNode, removeFromNode } from "./support/node-images.ts";
import { type NodeNow, nodeNow } from "./support/node-now.ts";
import { openRegistryFront, type RegistryFront, type RegistryRequest } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene } from "./support/scene.ts";

const revisionFor = (images: readonly string[]) => revisionOf("IfNotPresent", images);
const isSucceeded = (images: readonly string[]) => (state: NodeState) =>
  state.label === "succeeded" && state.record?.revision === revisionFor(images);
const summaryOf = ({ label, record }: NodeNow | NodeState) => [label, record?.verdict, record?.revision];

describe("a release that is changed", () => {
  let scene: Scene;
  let history: NodeHistory;
  let front: RegistryFront;
  let first: string;
  let last: string;
  const reference = (name: string) => `${front.address}/upgrade/${name}:1`;

  before(async () => {
    scene = await openScene("upgrade", 3);
    [first = "", , last = ""] = scene.nodes();
    front = await openRegistryFront();
    for (const name of ["base", "more", "picky"]) await pushSampleImage(`upgrade/${name}`);
    history = await openNodeHistory();
  });
  afterEach(() => front?.setRule(undefined));
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
    await front?.[Symbol.asyncDispose]();
  });

  const nodeAt = (address: string) => {
    const node = scene.cluster().nodes.find((candidate) => candidate.address === address);
    if (node === undefined) throw new Error(`no node has the address ${address}`);
    return node.name;
  };
  const everywhere = async (key: string, isWanted: (state: NodeState) => boolean) => {
    await Promise.all(scene.nodes().map((node) => history.until(node, key, isWanted)));
  };
  /** The release's values where one node is enough. */
  const onFirst = (images: readonly string[]) => ({
    images,
    nodeSelector: { "kubernetes.io/hostname": first },
  });

  it("loses its label before the first new pull, and has it back for the longer list", async () => {
    const key = keyOf("upgrade-longer");
    const short = [reference("base")];
    const long = [reference("base"), reference("more")];
    await scene.install("upgrade-longer", { images: short });
    await everywhere(key, isSucceeded(short));

    // Each request for the new image first looks at the Node that it comes from, and is then held.
    const seen: NodeNow[] = [];
    const gate = Promise.withResolvers<void>();
    const lookAndHold = async ({ from }: RegistryRequest) => {
      seen.push(await nodeNow(nodeAt(from), key));
      await gate.promise;
    };
    front.setRule((request) => (request.repository === "upgrade/more" ? lookAndHold(request) : undefined));
    const workedOn = [undefined, "none", revisionFor(long)];
    try {
      await scene.upgrade("upgrade-longer", { images: long });
      await waitUntil("every node asks for the new image", 60_000, () =>
        scene.nodes().every((node) => seen.some((now) => now.node === node)),
      );
      for (const now of seen) assert.deepEqual(summaryOf(now), workedOn, `${now.node} as it asks`);
      for (const node of scene.nodes()) {
        assert.deepEqual(summaryOf(await nodeNow(node, key)), workedOn, `${node} while it waits`);
        assert.equal(await isOnNode(node, reference("more")), false);
      }
    } finally {
      gate.resolve();
    }

    await everywhere(key, isSucceeded(long));
    for (const node of scene.nodes()) {
      assert.deepEqual(history.of(node, key).slice(1).map(summaryOf), [
        [undefined, "none", revisionFor(short)],
        ["succeeded", "succeeded", revisionFor(short)],
        workedOn,
        ["succeeded", "succeeded", revisionFor(long)],
      ]);
      assert.equal(await isOnNode(node, reference("more")), true);
    }
  });

  it("keeps its label over a shortened list and a rollback, and asks no registry", async () => {
    const key = keyOf("upgrade-shorter");
    const long = [reference("base"), reference("more")];
    const short = [reference("base")];
    await scene.install("upgrade-shorter", onFirst(long));
    await history.until(first, key, isSucceeded(long));
    const from = history.of(first, key).length;
    front.clear();

    await scene.upgrade("upgrade-shorter", onFirst(short));
    await history.until(first, key, isSucceeded(short));
    await scene.helm("rollback", "upgrade-shorter");
    await history.until(first, key, isSucceeded(long));
    const statesSince = () => history.of(first, key).slice(from).map(summaryOf);
    const kept = [
      ["succeeded", "succeeded", revisionFor(short)],
      ["succeeded", "succeeded", revisionFor(long)],
    ];
    assert.deepEqual(statesSince(), kept);
    assert.deepEqual(front.requests, []);

    // The twin: the shortened list once more, but the node has lost the image that stays in it.
    await removeFromNode(first, reference("base"));
    await scene.upgrade("upgrade-shorter", onFirst(short));
    await history.until(first, key, isSucceeded(short));
    assert.deepEqual(statesSince(), [
      ...kept,
      [undefined, "none", revisionFor(short)],
      ["succeeded", "succeeded", revisionFor(short)],
    ]);
    const asked = new Set(front.requests.map(({ repository }) => repository));
    assert.deepEqual([...asked], ["upgrade/base"], "that image is asked for, and no other");
  });

  it("restarts no pod for a new version of the chart alone", async () => {
    const key = keyOf("upgrade-chart");
    const images = [reference("base")];
    await scene.install("upgrade-chart", onFirst(images));
    await history.until(first, key, isSucceeded(images));
    const daemonSet = () => scene.get("daemonset", "upgrade-chart-prefetcher");
    const podIds = async () => {
      const list = await scene.get<{ items: readonly { metadata: { uid: string } }[] }>(
        "pods",
        "-l",
        "app.kubernetes.io/instance=upgrade-chart",
      );
      return list.items.map(({ metadata }) => metadata.uid);
    };
    const old = await daemonSet();
    const oldPods = await podIds();
    assert.equal(oldPods.length, 1);

    await using next = await copyChart("version", "0.1.99");
    const upgrade = (...flags: readonly string[]) =>
      scene.helm("upgrade", "upgrade-chart", next.folder, "--reset-then-reuse-values", ...flags);
    await upgrade();
    const upgraded = await daemonSet();
    assert.equal(upgraded.metadata.labels?.["helm.sh/chart"], "prefetcher-0.1.99");
    // The API server raises it with every change of the spec, and without one no pod is replaced.
    assert.equal(upgraded.metadata.generation, old.metadata.generation);
    assert.deepEqual(upgraded.spec, old.spec);
    assert.deepEqual(await podIds(), oldPods);

    // The twin: the same version once more, with a flag changed.
    await upgrade("--set", "pull.concurrency=5");
    await waitUntil("the pod is another one", 60_000, async () => {
      const [id] = await podIds();
      return id !== undefined && !oldPods.includes(id);
    });
    assert.notEqual((await daemonSet()).metadata.generation, old.metadata.generation);
  });

  describe("on three nodes of which one fails for ever", () => {
    const others = () => scene.nodes().filter((node) => node !== last);
    const isFailed = (images: readonly string[]) => (state: NodeState) =>
      state.label === "failed" && state.record?.revision === revisionFor(images);
    const daemonSetOf = (release: string) => scene.get("daemonset", `${release}-prefetcher`);
    /** Installs a list whose only image the registry has for everybody but the last node, and returns it. */
    const installPicky = async (release: string, values: object) => {
      const images = [reference("picky")];
      front.setRule(({ repository, from }) =>
        repository === "upgrade/picky" && nodeAt(from) === last ? { status: 404 } : undefined,
      );
      await scene.install(release, { images, ...values });
      for (const node of others()) await history.until(node, keyOf(release), isSucceeded(images));
      await history.until(last, keyOf(release), isFailed(images));
      await waitUntil("two pods are available", 30_000, async () => {
        return (await daemonSetOf(release)).status.numberAvailable === 2;
      });
      return images;
    };

    it("reaches the other two with a changed list", async () => {
      const key = keyOf("upgrade-all");
      const images = [...(await installPicky("upgrade-all", {})), reference("base")];
      await scene.upgrade("upgrade-all", { images });
      for (const node of others()) await history.until(node, key, isSucceeded(images));
      const { record } = await history.until(last, key, isFailed(images));
      assert.deepEqual(record?.failed, [{ image: reference("picky"), reason: "not_found" }]);
    });

    it("is stopped by that one where one pod at most may be unavailable", async () => {
      const key = keyOf("upgrade-canary");
      const values = { updateStrategy: { rollingUpdate: { maxUnavailable: 1 } } };
      const old = await installPicky("upgrade-canary", values);
      const images = [...old, reference("base")];
      await scene.upgrade("upgrade-canary", { images, ...values });
      await history.until(last, key, isFailed(images));

      // A change beside the template makes the controller judge anew, with all of that before it: nothing follows.
      await scene.kubectl(
        "patch",
        "daemonset/upgrade-canary-prefetcher",
        "-p",
        '{"spec":{"revisionHistoryLimit":4}}',
      );
      await waitUntil("the controller has looked again", 30_000, async () => {
        const { metadata, status } = await daemonSetOf("upgrade-canary");
        return status.observedGeneration === metadata.generation;
      });
      const { updatedNumberScheduled, numberAvailable } = (await daemonSetOf("upgrade-canary")).status;
      assert.deepEqual(
        { updatedNumberScheduled, numberAvailable },
        { updatedNumberScheduled: 1, numberAvailable: 2 },
      );
      for (const node of others()) assert.equal(history.now(node, key).record?.revision, revisionFor(old));

      // Once it fails no more, the list goes on to the others.
      front.setRule(undefined);
      await scene.kubectl(
        "delete",
        "pods",
        "--wait=false",
        "-l",
        "app.kubernetes.io/instance=upgrade-canary",
        "--field-selector",
        `spec.nodeName=${last}`,
      );
      await everywhere(key, isSucceeded(images));
    });
  });
});
