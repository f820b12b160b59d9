import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { StatusReport } from "../../agent/fleet/status-report.ts";
import { keyOf } from "../../agent/node-record.ts";
import { revisionOf } from "../../agent/revision.ts";
import { root } from "../root.ts";
import { runCommand } from "../run-command.ts";
import { allDone } from "./support/all-done.ts";
import { startCommand } from "./support/command-run.ts";
import { type FleetRights, statusRights } from "./support/fleet-account.ts";
import { buildKubectlPlugin } from "./support/kubectl-plugin.ts";
import { nodeNow } from "./support/node-now.ts";
import { untilPodOnNode } from "./support/pod-on-node.ts";
import { preloadImage } from "./support/preload-image.ts";
import { pushSampleImage } from "./support/sample-image.ts";
import { testCluster } from "./support/scene.ts";
import { openSceneAccount } from "./support/scene-account.ts";
import { openStatusScene, type StatusScene } from "./support/status-scene.ts";

const [table, pending] = ["status-table", "status-pending"];

describe("kubectl prefetcher status", () => {
  let world: StatusScene;
  let nodes: readonly string[];
  let good: readonly string[];
  let bad: string;
  let revision: string;
  const reportOf = async (...flags: readonly string[]): Promise<StatusReport> => {
    const { exitCode, stdout, stderr } = await world.status(...flags, "--output=json");
    assert.deepEqual([exitCode, stderr], [0, ""], stdout);
    return JSON.parse(stdout);
  };

  before(async () => {
    world = await openStatusScene("status", 3, buildKubectlPlugin);
    nodes = world.scene.nodes();
    good = nodes.slice(0, 2);
    bad = nodes[2] ?? "";
    const images = ["there", "absent"].map(world.imageOf);
    revision = revisionOf("IfNotPresent", images);
    await pushSampleImage(world.repositoryOf("there"));
    for (const node of good) await preloadImage(node, world.imageOf("absent"));
    await world.scene.install(table, { images, pull: { onFailure: "continue" } });
    const onFirst = { nodeSelector: { "kubernetes.io/hostname": nodes[0] } };
    await world.scene.install(pending, { images: images.slice(0, 1), image: { tag: "no-such" }, ...onFirst });
    await world.history.untilLabelled(good, keyOf(table), "succeeded");
    await world.history.untilLabelled([bad], keyOf(table), "failed");
  });
  after(() => world?.[Symbol.asyncDispose]());

  describe("side by side", { concurrency: 3 }, () => {
    it("shows what failed first, how much is there, since when, and why", async () => {
      const { exitCode, stdout, stderr } = await world.status("--release", table);
      assert.deepEqual([exitCode, stderr], [0, ""]);
      const lines = stdout.split("\n").map((line) => line.trimEnd());
      const image = world.imageOf("absent");
      const head = `release status/${table}, DaemonSet ${table}-prefetcher: ${keyOf(table)}`;
      assert.equal(lines[0], `${head} for revision ${revision}, mode once`);
      const from = lines.findIndex((line) => line.startsWith("NODE"));
      assert.match(lines[from] ?? "", /^NODE +STATE +REVISION +PRESENT +AGE +WHY$/);
      const rows = lines.slice(from + 1, from + 4);
      assert.match(
        rows[0] ?? "",
        new RegExp(`^${bad} +failed +${revision} +1/2 +\\d+[sm] +${image}: not_found$`),
      );
      for (const [index, node] of good.entries())
        assert.match(rows[index + 1] ?? "", new RegExp(`^${node} +succeeded +${revision} +2/2 +\\d+[sm]$`));
      assert.match(stdout, new RegExp(`^not_found +1 node +${image} *$`, "m"));
      const problem = "PROBLEM  1 of 3 nodes does not say `succeeded`: 66 % do, and 100 % have to";
      assert.ok(lines.includes(problem), stdout);
      assert.equal(lines.at(-2), "2 of 3 nodes (66 %) say `succeeded`; 100 % have to. 1 problem.");
    });

    it("says the same as JSON, and that is what the Nodes say", async () => {
      const { releases } = await reportOf("--release", table);
      assert.equal(releases.length, 1);
      const told = releases[0]?.nodes ?? [];
      assert.deepEqual(
        told.map(({ name }) => name),
        [bad, ...good],
      );
      for (const { name, state, isReady, isCounted, failed = [], ...rest } of told) {
        const { labels = {}, annotations = {} } = (await world.scene.get("node", name)).metadata;
        const { verdict, failed: known, ...record } = JSON.parse(annotations[keyOf(table)] ?? "{}");
        assert.deepEqual([state, state, isReady, isCounted], [labels[keyOf(table)], verdict, true, true]);
        assert.deepEqual(failed, known);
        const about = { v: 1, owner: `status/${table}`, skipped: 0 };
        assert.deepEqual({ ...about, ...rest }, record);
      }
    });

    it("says what helm test says", async () => {
      const [, { stdout }] = await Promise.all([
        assert.rejects(world.scene.helm("test", table, "--timeout=60s")),
        world.status("--release", table),
      ]);
      const log = await world.scene.kubectl("logs", `${table}-prefetcher-helm-test`);
      const words = (text: string) => text.split(/\s+/).join(" ");
      for (const line of log
        .trim()
        .split("\n")
        .map((text) => text.trimEnd())) {
        if (!/^(NODE|status-)/.test(line)) assert.ok(stdout.includes(line), `${line}\nis not in\n${stdout}`);
        const [node, state, share, ...why] = words(line).split(" ");
        if (node === bad) assert.ok(words(stdout).includes(`${node} ${state} ${revision} ${share}`), line);
        if (node === bad) assert.ok(words(stdout).includes(why.join(" ")), line);
      }
      assert.match(log, new RegExp(`^${bad} +failed +1/2`, "m"));
    });

    it("says why a pod has not begun", async () => {
      const reasons = ["ErrImagePull", "ImagePullBackOff"];
      const isRefused = ({ prefetch }: { prefetch: { waitingReason: string | undefined } }) =>
        reasons.includes(prefetch.waitingReason ?? "");
      await untilPodOnNode(world.scene, pending, nodes[0] ?? "", isRefused);
      const { exitCode, stdout } = await world.status("--release", pending);
      assert.equal(exitCode, 0);
      const why = "(ErrImagePull|ImagePullBackOff): .*stackrox/prefetcher:no-such";
      assert.match(stdout, new RegExp(`^${nodes[0]} +working +${why}`, "m"));
      assert.match(stdout, /^0 of 1 node \(0 %\) say `succeeded`/m);
    });

    it("names what others have left, and each remedy removes it", async () => {
      const [gone, former] = [keyOf("status-gone"), keyOf("status-renamed")];
      const [first = "", second = ""] = nodes;
      await leave(second, gone, "status/status-gone");
      await leave(bad, former, `status/${table}`);
      await world.scene.kubectl("label", "node", second, `${keyOf(pending)}=succeeded`);
      const { leftovers, notes } = await reportOf();
      const said = leftovers.map(({ node, key, kind, label }) => [node, key, kind, label]);
      assert.deepEqual(said, [
        [second, gone, "no-release", "succeeded"],
        [second, keyOf(pending), "unowned", "succeeded"],
        [bad, former, "former-instance", "succeeded"],
      ]);
      const { stdout } = await world.status();
      for (const note of notes) assert.ok(stdout.includes(note), `${note}\nis not in\n${stdout}`);
      assert.match(stdout, /^2 releases, 2 with problems; 3 marks are left of others\.$/m);
      assert.equal(notes.length, 3, notes.join("\n"));
      const { env } = world.call(testCluster().kubeconfig, []);
      for (const note of notes) {
        const [, command] = /: (kubectl (?:prefetcher cleanup|label) .*)$/.exec(note) ?? [];
        assert.ok(command !== undefined, note);
        await runCommand("sh", ["-ec", command], { env });
      }
      for (const [node, key] of [
        [second, gone],
        [second, keyOf(pending)],
        [bad, former],
      ] as const)
        assert.deepEqual(await nodeNow(node, key), { node, label: undefined, record: undefined });
      assert.deepEqual((await reportOf()).leftovers, []);
      assert.equal((await nodeNow(first, keyOf(table))).label, "succeeded", "what is needed stays");
    });

    it("ends with 2 where there is no such release, and for a kubeconfig that cannot be used", async () => {
      const none = await world.status("--release=status-none");
      assert.deepEqual([none.exitCode, none.stdout], [2, ""]);
      assert.match(
        none.stderr,
        /^error: there is no DaemonSet of this chart of release status-none in namespace status;/,
      );
      const kubeconfig = join(world.folder, "broken");
      await writeFile(kubeconfig, "clusters: [");
      const broken = await startCommand(world.call(kubeconfig, ["status"])).ended;
      assert.deepEqual([broken.exitCode, broken.stdout], [2, ""]);
      assert.match(broken.stderr, /^error: the kubeconfig cannot be used: .*\n$/);
    });

    it("ends with 3 where nothing answers", async () => {
      const kubeconfig = join(world.folder, "nowhere");
      const own = await readFile(world.kubeconfig, "utf8");
      await writeFile(kubeconfig, own.replace(/"server":"[^"]*"/, '"server":"https://127.0.0.1:65530"'));
      const end = await startCommand(world.call(kubeconfig, ["status"])).ended;
      assert.deepEqual([end.exitCode, end.stdout], [3, ""]);
      assert.match(
        end.stderr,
        /^warning: cannot list .*ECONNREFUSED.*; trying for up to 30 s\nerror: cannot list .*ECONNREFUSED/,
      );
    });

    it("needs each of the rights that the README names, and no others", async () => {
      assert.ok((await readFile(join(root, "README.md"), "utf8")).includes(readmeRights));
      const looking = ["status", "--release", table];
      const waiting = [...looking, "--wait", "--timeout=15s"];
      const whole = startCommand(world.call(world.kubeconfig, waiting)).ended;
      const accounts = await Promise.all(
        lesser.map(({ name, rights }) => openSceneAccount(world.scene, name, rights, world.folder)),
      );
      try {
        const ends = accounts.map(({ kubeconfig }, index) => {
          const args = lesser[index]?.verb === "watch" ? waiting : looking;
          return startCommand(world.call(kubeconfig, args)).ended;
        });
        for (const [index, { exitCode, stdout, stderr }] of (await Promise.all(ends)).entries()) {
          const { name, verb, resource, endsWith } = lesser[index] ?? assert.fail();
          assert.equal(exitCode, endsWith, `${name}: ${stdout}${stderr}`);
          assert.match(stdout + stderr, new RegExp(`cannot ${verb} ${resource}.* 403`), name);
        }
      } finally {
        await allDone(accounts.map((each) => async () => each[Symbol.asyncDispose]()));
      }
      const { exitCode, stdout } = await whole;
      assert.equal(exitCode, 1, stdout);
      assert.doesNotMatch(stdout, /cannot/);
    });
  });

  /** A label with an annotation of `owner`, as that owner's agent would have left them. */
  async function leave(node: string, key: string, owner: string): Promise<void> {
    const record = {
      v: 1,
      revision,
      owner,
      verdict: "succeeded",
      entries: 1,
      present: 1,
      skipped: 0,
      failed: [],
    };
    const metadata = { labels: { [key]: "succeeded" }, annotations: { [key]: JSON.stringify(record) } };
    await world.scene.kubectl("patch", "node", node, "--type=merge", "-p", JSON.stringify({ metadata }));
  }
});

const readmeRights =
  "**Your rights**: `list` and `watch` nodes; in the releases' namespace `list` and `watch` daemonsets and pods";

/** The rights without one of them, and what comes of it: where changes of pods are not heard of, it waits in vain. */
const lesser = ["nodes", "daemonsets", "pods"].flatMap((resource) =>
  ["list", "watch"].map((verb) => ({
    ...{ resource, verb, name: `status-no-${verb}-${resource}` },
    rights: without(resource, verb),
    endsWith: resource === "pods" && verb === "watch" ? 1 : 3,
  })),
);

function without(resource: string, verb: string): FleetRights {
  const rest = (of: string, verbs: readonly string[]) =>
    verbs.filter((each) => of !== resource || each !== verb);
  return {
    nodes: rest("nodes", statusRights.nodes),
    inNamespace: statusRights.inNamespace.map(([group, each, verbs]) => [group, each, rest(each, verbs)]),
  };
}
