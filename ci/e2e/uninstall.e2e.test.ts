import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { agentPids } from "./support/agent-process.ts";
import { cleanUpByHand } from "./support/clean-up-by-hand.ts";
import { freezeKubelet } from "./support/frozen-kubelet.ts";
import { createHold } from "./support/hold.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { nodeNow } from "./support/node-now.ts";
import { grantRights, type OwnRights } from "./support/own-rights.ts";
import { createQuietMarks, type QuietMarks } from "./support/quiet-marks.ts";
import { openRegistryFront, type RegistryFront } from "./support/registry-front.ts";
import { untilNothingIsLeft } from "./support/release-objects.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

// All nodes have them: wherever the cleanup's Job runs, it tolerates both kinds.
const taints = ["dedicated=images:NoSchedule", "dedicated=images:NoExecute"] as const;

describe("helm uninstall", () => {
  let scene: Scene;
  let history: NodeHistory;
  let quiet: QuietMarks;
  let front: RegistryFront;
  let rights: OwnRights | undefined;
  let pair: readonly string[];
  let apart: string;
  const image = () => `${testCluster().registry}/uninstall/one:1`;
  const heldImage = (name: string) => `${front.address}/uninstall/${name}:1`;

  before(async () => {
    scene = await openScene("uninstall", 2, { taints, labels: { pool: "pair" } });
    pair = [...scene.nodes()];
    apart = await scene.addNode({ taints, labels: { pool: "apart" } });
    front = await openRegistryFront();
    for (const name of ["one", "mid-pull", "late"]) await pushSampleImage(`uninstall/${name}`);
    history = await openNodeHistory();
    quiet = createQuietMarks(history);
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await rights?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
    await front?.[Symbol.asyncDispose]();
  });

  const ownerOf = (release: string) => `${scene.name}/${release}`;
  const install = (release: string, values: object) =>
    scene.install(release, {
      images: [image()],
      tolerations: [{ operator: "Exists" }],
      nodeSelector: { story: scene.name, pool: "pair" },
      hookPods: { nodeSelector: { story: scene.name, pool: "pair" } },
      ...values,
    });
  const statesOf = (nodes: readonly string[], key: string) =>
    nodes.map((node) => history.of(node, key).length);
  const assertClean = async (nodes: readonly string[], key: string) => {
    for (const node of nodes)
      assert.deepEqual(await nodeNow(node, key), { node, label: undefined, record: undefined });
  };

  describe("of a release", { concurrency: 3 }, () => {
    it("removes its label and annotation from all nodes before it returns, and leaves nothing of itself", async () => {
      const [release, key] = ["uninstall-whole", keyOf("uninstall-whole")];
      await install(release, {});
      await history.untilLabelled(pair, key, "succeeded");

      await scene.helm("uninstall", release);
      await assertClean(pair, key);
      await quiet.begin(pair, key);
      await untilNothingIsLeft(scene, release);
    });

    it("leaves both with --no-hooks, until prefetcher cleanup removes them by hand", async () => {
      const [release, key] = ["uninstall-no-hooks", keyOf("uninstall-no-hooks")];
      const flags = ["--instance", release, "--owner", ownerOf(release)];
      await install(release, {});
      await history.untilLabelled(pair, key, "succeeded");
      const states = statesOf(pair, key);

      const early = await cleanUpByHand(...flags);
      assert.equal(early.exitCode, 2, early.stderr);
      assert.match(early.stderr, /is still installed, .* helm uninstall it first.* Nothing was removed$/m);

      await scene.helm("uninstall", release, "--no-hooks");
      await untilNothingIsLeft(scene, release);
      // Without --owner, who wrote it is found in the annotations.
      const dry = await cleanUpByHand("--instance", release, "--dry-run");
      assert.equal(dry.exitCode, 0, dry.stderr);
      const wouldRemove = pair.map((node) => `${node}: would remove ${key}=succeeded of ${ownerOf(release)}`);
      const lines = dry.stdout.trimEnd().split("\n");
      assert.deepEqual(lines.slice(0, -1).sort(), wouldRemove);
      assert.match(lines.at(-1) ?? "", /would be removed from 2 nodes; nothing was removed$/);
      for (const node of pair) assert.equal((await nodeNow(node, key)).label, "succeeded");
      assert.deepEqual(statesOf(pair, key), states);

      const end = await cleanUpByHand(...flags);
      assert.deepEqual([end.exitCode, end.stderr], [0, ""]);
      assert.match(end.stdout, /: removed from 2 nodes$/m);
      await assertClean(pair, key);
      await quiet.begin(pair, key);
    });

    it("ends the pulls that are under way, and removes what they have written", async () => {
      const [release, key] = ["uninstall-mid-pull", keyOf("uninstall-mid-pull")];
      const hold = createHold(
        ({ kind, repository }) => kind === "blob" && repository === "uninstall/mid-pull",
      );
      front.setRule(hold.rule);
      await install(release, { images: [heldImage("mid-pull")] });
      const askers = () => new Set(hold.held.map(({ from }) => from)).size;
      await waitUntil("both nodes are in mid pull", 60_000, () => askers() === pair.length);
      for (const node of pair)
        await history.until(node, key, ({ record }) => record?.verdict === "none", 10_000);

      await scene.helm("uninstall", release);
      await assertClean(pair, key);
      assert.deepEqual(agentPids(ownerOf(release)), []);
      hold.release();
      await quiet.begin(pair, key);
      await untilNothingIsLeft(scene, release);
    });

    it("waits for an agent that writes once more, with roles of the user's own", async () => {
      const [release, key] = ["uninstall-late", keyOf("uninstall-late")];
      await using lateFront = await openRegistryFront();
      const hold = createHold(({ kind }) => kind === "blob");
      lateFront.setRule(hold.rule);
      // The agent keeps these rights when its release is gone, and its kubelet does not tell it to end.
      rights = await grantRights(scene, release);
      const images = [`${lateFront.address}/uninstall/late:1`];
      await install(release, {
        ...rights.values,
        images,
        nodeSelector: { story: scene.name, pool: "apart" },
      });
      await waitUntil("the pull is under way", 60_000, () => hold.held.length > 0);
      const log = () => scene.kubectl("logs", `job/${release}-prefetcher-helm-cleanup`);

      let uninstalled: Promise<unknown>;
      {
        using _ = freezeKubelet(apart);
        uninstalled = scene.helm("uninstall", release);
        // Looked at below; a failure above it must not be an unhandled rejection too.
        uninstalled.catch(() => {});
        const isWaiting = async () => (await log()).includes("waiting until 1 pod");
        await waitUntil("the Job waits for the pod", 60_000, isWaiting, 500);
        hold.release();
        await history.untilLabelled([apart], key, "succeeded");
      }
      await uninstalled;
      await assertClean([apart], key);
      await quiet.begin([apart], key);
      await untilNothingIsLeft(scene, release);
    });

    it("leaves what another owner wrote, what has no owner, and what another release wrote", async () => {
      const [release, key] = ["uninstall-foreign", keyOf("uninstall-foreign")];
      const [neighbour, unowned] = ["uninstall-neighbour", "uninstall-unowned"];
      const [first = "", second = ""] = pair;
      const record = { v: 1, revision: "1-000000000000", owner: "elsewhere/another", verdict: "succeeded" };
      const counts = { entries: 1, present: 1, skipped: 0, failed: [] };
      const metadata = {
        labels: { [key]: "succeeded", [keyOf(unowned)]: "failed" },
        annotations: { [key]: JSON.stringify({ ...record, ...counts }) },
      };
      await scene.kubectl("patch", "node", first, "--type=merge", "-p", JSON.stringify({ metadata }));
      await Promise.all([install(release, {}), install(neighbour, {})]);
      await history.untilLabelled([second], key, "succeeded");
      await history.untilLabelled(pair, keyOf(neighbour), "succeeded");
      await quiet.begin([first], key);
      await quiet.begin([first], keyOf(unowned));
      await quiet.begin(pair, keyOf(neighbour));

      await scene.helm("uninstall", release);
      await assertClean([second], key);
      await quiet.begin([second], key);
      assert.equal((await nodeNow(first, key)).record?.owner, "elsewhere/another");
      await untilNothingIsLeft(scene, release);
    });
  });

  it("is followed by a minute in which nothing comes back, and nothing more goes", () => quiet.end());
});
