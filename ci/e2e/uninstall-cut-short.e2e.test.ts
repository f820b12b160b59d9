import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { removeNode, startNode, stopNode } from "../cluster/cluster.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { runCommand } from "../run-command.ts";
import { startCleanup } from "./support/clean-up-by-hand.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { nodeNow } from "./support/node-now.ts";
import { createQuietMarks, type QuietMarks } from "./support/quiet-marks.ts";
import { objectsOf, untilNothingIsLeft } from "./support/release-objects.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

const [release, key] = ["cut-short", keyOf("cut-short")];
const [other, otherKey] = ["cut-short-other", keyOf("cut-short-other")];
const job = `job/${release}-prefetcher-helm-cleanup`;

describe("an uninstall on nodes that are in trouble", () => {
  let scene: Scene;
  let history: NodeHistory;
  let quiet: QuietMarks;
  let works: string;
  let stands: string;
  let vanishes: string;

  before(async () => {
    scene = await openScene("cut-short", 3);
    [works = "", stands = "", vanishes = ""] = scene.nodes();
    await pushSampleImage("cut-short/one");
    history = await openNodeHistory();
    quiet = createQuietMarks(history);
    await Promise.all([install(release), install(other)]);
    for (const each of [key, otherKey]) await history.untilLabelled(scene.nodes(), each, "succeeded");
    // Its pods are still there for the API server, and nobody ever says that they ended.
    await stopNode(scene.cluster(), stands);
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const install = (name: string) => {
    const images = [`${testCluster().registry}/cut-short/one:1`];
    // The scheduler takes the node for a good one until it has been silent for 40 s.
    const hookPods = { nodeSelector: { "kubernetes.io/hostname": works } };
    return scene.install(name, { images, hookPods });
  };
  const assertClean = async (nodes: readonly string[], each: string) => {
    for (const node of nodes)
      assert.deepEqual(await nodeNow(node, each), { node, label: undefined, record: undefined });
  };

  it("waits for a pod that cannot end no longer than it is told, and passes a node that vanished", async () => {
    await scene.helm("uninstall", other, "--no-hooks");
    const owner = `${scene.name}/${other}`;
    const flags = ["--instance", other, "--owner", owner, "--pod-timeout=6s"];
    const doubting = startCleanup(flags);
    assert.equal((await doubting.ended).exitCode, 3, "nobody has said that the release is gone for good");
    const cleanup = startCleanup([...flags, "--after-uninstall"]);
    await cleanup.untilSaid("waiting until ");
    await removeNode(scene.cluster(), vanishes);

    const { exitCode, stdout, stderr } = await cleanup.ended;
    assert.deepEqual([exitCode, stderr], [0, ""], stdout);
    assert.match(
      stdout,
      new RegExp(
        `: removed from 2 nodes; 1 pod of ${owner} had not ended \\(on ${stands}\\) and may write again\n$`,
      ),
    );
    await assertClean([works, stands], otherKey);
    await quiet.begin([works, stands], otherKey);
  });

  describe("that was killed while it waited", () => {
    let states: readonly number[];
    const statesNow = () => [works, stands].map((node) => history.of(node, key).length);

    before(async () => {
      states = statesNow();
      const kill = new AbortController();
      const uninstall = runCommand("helm", ["--namespace", scene.name, "uninstall", release], {
        env: { ...process.env, ...scene.cluster().environment },
        signal: kill.signal,
      });
      const killed = assert.rejects(uninstall, "it was killed");
      const isWaiting = async () => (await scene.kubectl("logs", job)).includes("waiting until 1 pod");
      await waitUntil("the Job waits for the pod", 60_000, isWaiting, 500);
      kill.abort();
      await killed;
    });

    it("lets the release be installed again, whose labels the Job leaves alone", async () => {
      try {
        await assert.rejects(install(release), /cannot reuse a name that is still in use/);
        await scene.helm("uninstall", release, "--no-hooks");
        await install(release);
        await scene.kubectl("wait", job, "--for=condition=complete", "--timeout=30s");
        const said = await scene.kubectl("logs", job);
        const owner = `${scene.name}/${release}`;
        assert.ok(
          said.includes(`release ${owner} is installed again, and keeps what it has on the nodes`),
          said,
        );
        assert.match(said, /Nothing was removed$/m);
      } finally {
        // The next uninstall would wait for its pods, too.
        await startNode(scene.cluster(), stands);
      }
      await scene.kubectl("rollout", "status", `daemonset/${release}-prefetcher`, "--timeout=60s");
      for (const node of [works, stands]) assert.equal((await nodeNow(node, key)).label, "succeeded");
      assert.deepEqual(statesNow(), states, "label and annotation were never touched");
    });

    it("leaves its hook's objects to the next uninstall, which leaves nothing", async () => {
      const left = (await objectsOf(scene, release)).filter((name) => name.includes("cleanup"));
      const kinds = new Set(left.map((name) => name.split(/[./]/)[0]));
      assert.ok(
        ["job", "clusterrole", "clusterrolebinding"].every((kind) => kinds.has(kind)),
        left.join(),
      );

      await scene.helm("uninstall", release);
      await assertClean([works, stands], key);
      await quiet.begin([works, stands], key);
      await untilNothingIsLeft(scene, release);
    });
  });

  it("is followed by a minute in which nothing comes back", () => quiet.end());
});
