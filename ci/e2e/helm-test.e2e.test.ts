import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { type CommandEnd, endOf } from "./support/command-end.ts";
import { type NodeHistory, openNodeHistory } from "./support/node-history.ts";
import { preloadImage } from "./support/preload-image.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

describe("helm test", () => {
  let scene: Scene;
  let history: NodeHistory;
  let nodes: readonly string[];
  const imageOf = (name: string) => `${testCluster().registry}/helm-test/${name}:1`;
  /** By Helm 3 or 4, and what the test's pod itself has said, which stays until the next test. */
  const test = async (release: string, version: 3 | 4 = 4, ...flags: readonly string[]) => {
    const { helm } = version === 3 ? scene.helm3 : scene;
    return endOf(helm("test", release, "--timeout=60s", ...flags));
  };
  const logOf = (release: string) => scene.kubectl("logs", `${release}-prefetcher-helm-test`);
  const rightsOf = async (release: string) => {
    const kinds = "serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings";
    const selector = `app.kubernetes.io/component=test,app.kubernetes.io/instance=${release}`;
    return (await scene.kubectl("get", kinds, "-l", selector, "-o", "name")).split("\n").filter(Boolean);
  };
  const endsWith = async (release: string, exitCode: number, end: CommandEnd, ...says: readonly string[]) => {
    assert.equal(end.exitCode, exitCode, end.text);
    assert.deepEqual(await rightsOf(release), [], "none of its rights is left");
    const log = await logOf(release);
    for (const piece of says) assert.ok(log.includes(piece), `${piece}\nis not in\n${log}`);
  };

  before(async () => {
    scene = await openScene("helm-test", 2);
    nodes = scene.nodes();
    history = await openNodeHistory();
    for (const name of ["one", "two"]) await pushSampleImage(`helm-test/${name}`);
    await preloadImage(nodes[0] ?? "", imageOf("absent"));
  });
  after(async () => {
    history?.[Symbol.dispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  describe("side by side", { concurrency: 3 }, () => {
    it("prints what the test found wherever it fails, and that is what the pod said", async () => {
      const release = "tested-bad";
      const [good = "", bad = ""] = nodes;
      const values = { images: [imageOf("absent")], pull: { onFailure: "continue" } };
      await scene.install(release, values);
      await history.untilLabelled([good], keyOf(release), "succeeded");
      await history.untilLabelled([bad], keyOf(release), "failed");
      const row = `${bad}  failed  0/1      ${imageOf("absent")}: not_found`;
      const problem = "PROBLEM  1 of 2 nodes does not say `succeeded`: 50 % do, and 100 % have to";
      for (const version of [3, 4] as const) {
        const end = await test(release, version);
        await endsWith(release, 1, end, "2 nodes with a pod\n  1 succeeded\n  1 failed\n", row, problem);
        for (const piece of [row, problem]) assert.ok(end.text.includes(piece), end.text);
      }

      await scene.upgrade(release, { ...values, test: { minPercent: 50 } });
      const enough = "NOTE  1 of 2 nodes does not say `succeeded`: 50 % do, and 50 % are enough";
      await endsWith(release, 0, await test(release), row, enough);
      await scene.upgrade(release, { ...values, test: { minPercent: 51 } });
      await endsWith(release, 1, await test(release), row, "50 % do, and 51 % have to");
    });

    it("prints the log with --logs where it passes; Helm 3 fails with --logs", async () => {
      const release = "tested-good";
      await scene.install(release, { images: [imageOf("one")] });
      await history.untilLabelled(nodes, keyOf(release), "succeeded");
      const last = "2 of 2 nodes (100 %) say `succeeded`; 100 % have to. Nothing is wrong.";
      const end = await test(release, 4, "--logs");
      await endsWith(release, 0, end, last);
      assert.ok(end.text.includes(last), end.text);
      await endsWith(release, 0, await test(release, 3), last);
      // Helm 3 takes every object of the test for a pod, and asks for its log: those of its rights are none.
      const withLogs = await test(release, 3, "--logs");
      await endsWith(release, 1, withLogs, last);
      assert.match(withLogs.text, /Error: unable to get pod logs for image-prefetcher:tested-good:test: /);
    });

    it("fails where the labels are about another list than the release's", async () => {
      const release = "tested-old";
      // The pods stay, and so do the labels, until somebody deletes them.
      const updateStrategy = { type: "OnDelete", rollingUpdate: null };
      const revisions = ["one", "two"].map((name) => revisionOf("IfNotPresent", [imageOf(name)]));
      await scene.install(release, { images: [imageOf("one")], updateStrategy });
      await history.untilLabelled(nodes, keyOf(release), "succeeded");
      await scene.upgrade(release, { images: [imageOf("two")], updateStrategy });
      const rows = nodes.map((node) => `${node}  outdated`);
      const why = `the label says succeeded of revision ${revisions[0]}`;
      await endsWith(release, 1, await test(release), `for revision ${revisions[1]}\n`, ...rows, why);
      await scene.kubectl("delete", "pods", "-l", `app.kubernetes.io/instance=${release}`, "--wait=false");
      for (const node of nodes) {
        const isNew = ({
          label,
          record,
        }: {
          label?: string | undefined;
          record?: { revision: string } | undefined;
        }) => label === "succeeded" && record?.revision === revisions[1];
        await history.until(node, keyOf(release), isNew);
      }
      await endsWith(release, 0, await test(release), "Nothing is wrong.");
    });

    it("fails for the sample list, though every node has it", async () => {
      const release = "tested-sample";
      await scene.install(release, {});
      await history.untilLabelled(nodes, keyOf(release), "succeeded");
      const says = "PROBLEM  this is the chart's sample list, which prefetches nothing of yours: set images";
      await endsWith(release, 1, await test(release), "  2 succeeded\n", says);
    });

    it("may only list, and that only while it runs, also where it never starts", async () => {
      const release = "tested-rights";
      // No node has it: the pod waits, and its account is there for as long.
      const hookPods = { nodeSelector: { story: "none" } };
      await scene.install(release, { images: [imageOf("one")], hookPods });
      for (const version of [3, 4] as const) {
        const { helm } = version === 3 ? scene.helm3 : scene;
        const running = endOf(helm("test", release, "--timeout=8s"));
        await waitUntil("its rights are there", 30_000, async () => (await rightsOf(release)).length === 5);
        const account = `system:serviceaccount:${scene.name}:${release}-prefetcher-helm-test`;
        const rights = await scene.kubectl("auth", "can-i", "--list", "--no-headers", "--as", account);
        const lines = rights.split("\n").map((line) => line.trim().split(/\s{2,}/));
        const own = lines.filter(([what = ""]) => !/^(\[|$|self\w+reviews\.)/.test(what));
        const lists = ["daemonsets.apps", "events", "nodes", "pods"].map((kind) => [
          kind,
          "[]",
          "[]",
          "[list]",
        ]);
        assert.deepEqual(own.sort(), lists);
        const end = await running;
        assert.equal(end.exitCode, 1, end.text);
        assert.deepEqual(await rightsOf(release), [], `Helm ${version} removed its rights`);
      }
    });
  });
});
