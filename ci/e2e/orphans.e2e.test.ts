import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { cleanUpByHand } from "./support/clean-up-by-hand.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { nodeNow } from "./support/node-now.ts";
import { objectsOf } from "./support/release-objects.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

describe("what a release no longer speaks for", () => {
  let scene: Scene;
  let history: NodeHistory;
  let chosen: string;
  let leftOut: string;
  const values = (more: object) => ({ images: [`${testCluster().registry}/orphans/one:1`], ...more });
  /** The values that leave the second node out. */
  const narrowed = () => ({ nodeSelector: { "kubernetes.io/hostname": chosen } });

  before(async () => {
    scene = await openScene("orphans", 2);
    [chosen = "", leftOut = ""] = scene.nodes();
    await pushSampleImage("orphans/one");
    history = await openNodeHistory();
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const ownerOf = (release: string) => `${scene.name}/${release}`;
  const states = (node: string, key: string) => history.of(node, key).length;
  const removeOrphans = async (release: string, ...flags: readonly string[]) => {
    const end = await cleanUpByHand("--orphans", "--owner", ownerOf(release), ...flags);
    assert.deepEqual([end.exitCode, end.stderr], [0, ""], end.stdout);
    return end.stdout;
  };
  const assertClean = async (nodes: readonly string[], key: string) => {
    for (const node of nodes)
      assert.deepEqual(await nodeNow(node, key), { node, label: undefined, record: undefined });
  };
  const settled = (release: string) =>
    scene.kubectl("rollout", "status", `daemonset/${release}-prefetcher`, "--timeout=60s");

  describe("after an upgrade", { concurrency: 3 }, () => {
    it("stays on a node that it no longer chooses, until prefetcher cleanup --orphans", async () => {
      const [release, key] = ["orphans-narrowed", keyOf("orphans-narrowed")];
      await scene.install(release, values({}));
      await history.untilLabelled(scene.nodes(), key, "succeeded");
      const before = [states(chosen, key), states(leftOut, key)];
      assert.match(await removeOrphans(release), /: on no node\n$/, "the twin: nothing is left out yet");

      await scene.upgrade(release, values(narrowed()));
      const would = await removeOrphans(release, "--dry-run");
      assert.ok(would.includes(`${leftOut}: would remove ${key}=succeeded of ${ownerOf(release)}\n`), would);
      await settled(release);
      assert.equal((await nodeNow(leftOut, key)).label, "succeeded");
      assert.equal(states(leftOut, key), before[1], "nobody has touched it");

      assert.match(await removeOrphans(release), /: removed from 1 node\n$/);
      await assertClean([leftOut], key);
      assert.equal((await nodeNow(chosen, key)).label, "succeeded");
      assert.equal(states(chosen, key), before[0], "the chosen node's was never touched");
    });

    it("stays under a former instanceName on all nodes, until prefetcher cleanup --orphans", async () => {
      const release = "orphans-renamed";
      const [oldKey, newKey] = [keyOf("orphans-old"), keyOf("orphans-new")];
      await scene.install(release, values({ instanceName: "orphans-old" }));
      await history.untilLabelled(scene.nodes(), oldKey, "succeeded");
      await scene.upgrade(release, values({ instanceName: "orphans-new" }));
      await history.untilLabelled(scene.nodes(), newKey, "succeeded");
      for (const node of scene.nodes()) assert.equal((await nodeNow(node, oldKey)).label, "succeeded");
      const before = scene.nodes().map((node) => states(node, newKey));

      assert.match(await removeOrphans(release), /: removed from 2 nodes\n$/);
      await assertClean(scene.nodes(), oldKey);
      for (const node of scene.nodes()) assert.equal((await nodeNow(node, newKey)).label, "succeeded");
      assert.deepEqual(
        scene.nodes().map((node) => states(node, newKey)),
        before,
        "the new one was never touched",
      );
    });

    it("is gone when the upgrade returns, where cleanup.orphans is true", async () => {
      const release = "orphans-hook";
      const [oldKey, newKey] = [keyOf("orphans-hook"), keyOf("orphans-hook-new")];
      const orphans = { cleanup: { orphans: true } };
      await scene.install(release, values(orphans));
      await history.untilLabelled(scene.nodes(), oldKey, "succeeded");
      const before = states(chosen, oldKey);

      await scene.upgrade(release, values({ ...orphans, ...narrowed() }));
      await assertClean([leftOut], oldKey);
      assert.equal((await nodeNow(chosen, oldKey)).label, "succeeded");
      assert.equal(states(chosen, oldKey), before, "the chosen node's was never touched");

      await scene.upgrade(release, values({ ...orphans, ...narrowed(), instanceName: "orphans-hook-new" }));
      await assertClean(scene.nodes(), oldKey);
      await history.untilLabelled([chosen], newKey, "succeeded");
      const labels = history.of(chosen, newKey).map(({ label }) => label);
      assert.deepEqual(labels, [undefined, "succeeded"], "the new one was never touched");
      const left = (await objectsOf(scene, release)).filter((name) => /orphans$|cleanup$/.test(name));
      assert.deepEqual(left, [], "nothing is left of the hook");
    });
  });
});
