import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { stopNode } from "../cluster/cluster.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { startCommand } from "./support/command-run.ts";
import { together } from "./support/fault-rule.ts";
import { createHold, type Hold } from "./support/hold.ts";
import { callSources } from "./support/kubectl-plugin.ts";
import type { FrontRule } from "./support/registry-front.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openStatusScene, type StatusScene } from "./support/status-scene.ts";

const [held, listed, dead, kept] = ["status-held", "status-listed", "status-dead", "status-kept"] as const;

// Too short for what is held, and long enough to look once on a busy machine.
const tooShortSeconds = 10;
const tooShort = `--timeout=${tooShortSeconds}s`;

// The bar for a fleet of thousands.
const soonMs = 2_000;

describe("prefetcher status that waits", () => {
  let world: StatusScene;
  let nodes: readonly [string, string];
  let away: string;
  const rules: FrontRule[] = [];
  const both = { nodeSelector: { story: "status-wait", part: "both" } };

  before(async () => {
    world = await openStatusScene("status-wait", 3, () => callSources);
    const [first = "", second = "", third = ""] = world.scene.nodes();
    nodes = [first, second];
    away = third;
    await stopNode(world.scene.cluster(), away);
    await world.scene.kubectl("label", "node", ...nodes, "part=both");
    for (const name of ["there", "held", "second"]) await pushSampleImage(world.repositoryOf(name));
  });
  after(() => world?.[Symbol.asyncDispose]());

  describe("side by side", { concurrency: 4 }, () => {
    it("goes on while a node is at work, and ends with 0 as soon as none is", async () => {
      const key = keyOf(held);
      const [first, busy] = nodes;
      const hold = holdOn(busy, "held");
      try {
        const images = [world.imageOf("held")];
        await world.scene.install(held, { images, ...both });
        await world.history.untilLabelled([first], key, "succeeded");
        await waitUntil("the other node pulls", 60_000, () => hold.held.length > 0);
        const waiting = world.startStatus("--release", held, "--wait");
        await waiting.untilLine(/1 of 2 nodes \(50 %\) say `succeeded`; 100 % have to\. 1 problem\.$/);

        const row = new RegExp(
          `^${busy} +working +${revisionOf("IfNotPresent", images)} +0/1 +pulling *$`,
          "m",
        );
        const late = await world.status("--release", held, "--wait", tooShort);
        assert.equal(late.exitCode, 1, late.stdout);
        assert.match(late.stdout, row);
        assert.equal(late.stderr, `error: not all was there within ${tooShortSeconds} s\n`);
        const enough = await world.status("--release", held, "--wait", "--min-percent=50");
        assert.deepEqual([enough.exitCode, enough.stderr], [0, ""]);
        assert.match(enough.stdout, row);
        const more = await world.status("--release", held, "--wait", "--min-percent=51", tooShort);
        assert.equal(more.exitCode, 1, more.stdout);

        assert.equal(waiting.child.exitCode, null, "it still waits");
        hold.release();
        await world.history.untilLabelled(nodes, key, "succeeded");
        const labelledMs = performance.now();
        const end = await waiting.ended;
        const tookMs = performance.now() - labelledMs;
        assert.deepEqual([end.exitCode, end.stderr], [0, ""], end.stdout);
        assert.match(
          end.stdout,
          /2 of 2 nodes \(100 %\) say `succeeded`; 100 % have to\. Nothing is wrong\.\n$/,
        );
        assert.ok(tookMs < soonMs, `it took ${Math.round(tookMs)} ms`);
      } finally {
        hold.release();
      }
    });

    it("does not take the labels of a former list for those of the one that it waits for", async () => {
      const key = keyOf(listed);
      const images = ["there", "second"].map(world.imageOf);
      await world.scene.install(listed, { images: images.slice(0, 1), ...both });
      await world.history.untilLabelled(nodes, key, "succeeded");
      const byHand = (...args: readonly string[]) => startCommand(callSources(world.kubeconfig, args)).ended;
      const { stdout } = await byHand("revision", ...images.map((image) => `--image=${image}`));
      const revision = stdout.trim();
      assert.equal((await world.status("--release", listed, "--wait")).exitCode, 0, "the twin");

      const waiting = world.startStatus("--release", listed, "--wait", "--revision", revision);
      await waiting.untilLine(/0 of 2 nodes \(0 %\) say `succeeded`/);
      const hold = holdOn(nodes[1], "second");
      try {
        await world.scene.upgrade(listed, { images, ...both });
        await waitUntil("it is pulled", 60_000, () => hold.held.length > 0);
        await waiting.untilLine(/1 of 2 nodes \(50 %\) say `succeeded`/);
        assert.equal(waiting.child.exitCode, null, "it still waits");
      } finally {
        hold.release();
      }
      const end = await waiting.ended;
      assert.equal(end.exitCode, 0, end.stdout + end.stderr);
      const written = nodes.map((node) => world.history.now(node, key).record?.revision);
      assert.deepEqual(written, [revision, revision]);
      const former = revisionOf("IfNotPresent", images.slice(0, 1));
      const passed = await world.status("--release", listed, "--wait", "--revision", former, tooShort);
      assert.equal(passed.exitCode, 1, "that list is no more");
      assert.match(
        passed.stdout,
        new RegExp(`has the list of revision ${revision}, and not that of ${former}`),
      );
    });

    it("leaves a node that is not Ready out, unless it is told not to", async () => {
      await world.scene.install(dead, { images: [world.imageOf("there")] });
      await world.history.untilLabelled(nodes, keyOf(dead), "succeeded");
      const end = await world.status("--release", dead, "--wait", "--timeout=100s");
      assert.equal(end.exitCode, 0, end.stdout + end.stderr);
      assert.match(end.stdout, new RegExp(`^NOTE +1 node is not Ready and left out: ${away}$`, "m"));
      assert.match(end.stdout, /2 of 2 nodes \(100 %\)/);
      const flags = ["--release", dead, "--wait", tooShort, "--include-not-ready"];
      const counted = await world.status(...flags);
      assert.equal(counted.exitCode, 1, counted.stdout);
      assert.match(counted.stdout, new RegExp(`^${away} +working, not Ready`, "m"));
      assert.match(counted.stdout, /2 of 3 nodes \(66 %\)/);
    });

    it("says of each change one plain line, and how a kept label that was removed comes back", async () => {
      const [node] = nodes;
      const values = { images: [world.imageOf("there")], mode: "keep", keep: { interval: "10s" } };
      const onOne = { nodeSelector: { "kubernetes.io/hostname": node } };
      await world.scene.install(kept, { ...values, ...onOne });
      assert.equal((await world.status("--release", kept, "--wait")).exitCode, 0);
      const watching = world.startStatus("--release", kept, "--watch");
      await watching.untilLine(/1 of 1 node \(100 %\)/);
      // Just after a look, so that the next one is not so near that both changes are told as one.
      const looks = async () => {
        const log = await world.scene.kubectl("logs", `daemonset/${kept}-prefetcher`, "--container=keep");
        return log.split('"msg":"looked').length;
      };
      const before = await looks();
      await waitUntil("a look", 60_000, async () => (await looks()) > before, 500);
      await world.scene.kubectl("label", "node", node, `${keyOf(kept)}-`);
      const gone = "the label is gone: the agent there writes it anew within one interval";
      await watching.untilLine(/: succeeded -> working/);
      await watching.untilLine(/: working -> succeeded/);
      watching.child.kill("SIGINT");
      const { exitCode, stdout, stderr } = await watching.ended;
      assert.deepEqual([exitCode, stderr], [0, ""]);
      const name = `${world.scene.name}/${kept}`;
      const lines = stdout.trimEnd().split("\n");
      assert.ok(
        lines.every((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [\x20-\x7e]+$/.test(line)),
        stdout,
      );
      assert.deepEqual(
        lines.map((line) => line.slice(line.indexOf(" ") + 1)),
        [
          `${name}: 1 of 1 node (100 %) say \`succeeded\`; 100 % have to. Nothing is wrong.`,
          `${name} ${node}: succeeded -> working (1/1): ${gone}`,
          `${name}: 0 of 1 node (0 %) say \`succeeded\`; 100 % have to. 1 problem.`,
          `${name} ${node}: working -> succeeded (1/1)`,
          `${name}: 1 of 1 node (100 %) say \`succeeded\`; 100 % have to. Nothing is wrong.`,
        ],
      );
    });
  });

  /** Holds what that node asks of the image. */
  function holdOn(node: string, image: string): Hold {
    const address = world.scene.cluster().nodes.find(({ name }) => name === node)?.address;
    const hold = createHold(
      ({ repository, from, kind }) =>
        kind === "blob" && from === address && repository === world.repositoryOf(image),
    );
    rules.push(hold.rule);
    world.front.setRule(together(...rules));
    return hold;
  }
});
