import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyOf } from "../../agent/node-record.ts";
import { waitUntil } from "../cluster/wait-until.ts";
import { queriesFor } from "../monitoring/dashboard.ts";
import { metricLabels } from "../monitoring/metric-labels.ts";
import { prometheusRuleCrd } from "../monitoring/prometheus-rule-crd.ts";
import { prometheusRule, ruleFile } from "../monitoring/rule-file.ts";
import { runCommand } from "../run-command.ts";
import { type KubeStateMetrics, makeAccount, openKubeStateMetrics } from "./support/kube-state-metrics.ts";
import { openNodeHistory } from "./support/node-history.ts";
import { preloadImage } from "./support/preload-image.ts";
import { type Alert, openPrometheus, type Prometheus } from "./support/prometheus.ts";
import { openScene, type Scene, testCluster } from "./support/scene.ts";

const name = "monitoring";
const key = keyOf(name);
const metricLabel = "label_image_prefetcher_stackrox_io_monitoring";

// The alert about a node of this story's must not wait for half an hour; nothing else is shortened.
const values = { metrics: { rules: { failedFor: "2s" } } };

describe("a release that Prometheus looks at", () => {
  const stack = new AsyncDisposableStack();
  let scene: Scene;
  let shower: KubeStateMetrics;
  let prometheus: Prometheus;
  /** The node that has the image, and the one that cannot get it. */
  let good: string;
  let bad: string;

  before(async () => {
    scene = stack.use(await openScene(name, 2));
    [good = "", bad = ""] = scene.nodes();
    const image = `${testCluster().registry}/monitoring/missing:1`;
    await preloadImage(good, image);
    using history = await openNodeHistory();
    await scene.install(name, { images: [image] });
    stack.use(await makeAccount(scene));
    const rules = await ruleFile({ release: name, namespace: scene.name, values });
    shower = stack.use(await openKubeStateMetrics(scene, `nodes=[${key}]`));
    prometheus = stack.use(await openPrometheus(scene, shower.address, rules));
    await history.untilLabelled([good], key, "succeeded");
    await history.untilLabelled([bad], key, "failed");
  });
  after(() => stack.disposeAsync());

  const isVerdict = (node: string, verdict: string) => async () =>
    (await prometheus.query(`image_prefetcher:node_verdict{node="${node}",verdict="${verdict}"}`)).length ===
    1;

  it("is seen node by node, from the label that the README has kube-state-metrics show", async () => {
    await waitUntil("verdicts as the labels are", 20_000, isVerdict(good, "succeeded"));
    await waitUntil("verdicts as the labels are", 20_000, isVerdict(bad, "failed"));
    const verdicts = await prometheus.query("image_prefetcher:node_verdict");
    assert.equal(verdicts.length, 2, "no other node of the cluster is this release's");
    const shown = (await shower.metrics()).split("\n").filter((line) => line.startsWith("kube_node_labels{"));
    assert.ok(
      shown.some((line) => line.includes(`node="${bad}"`) && line.includes(`${metricLabel}="failed"`)),
    );
    assert.doesNotMatch(shown.join(), /label_kubernetes_io/, "the twin: no other label is shown");
  });

  it("has an alert that fires for the node that failed, names it, and says what to do", async () => {
    await waitUntil("an alert that fires", 20_000, async () =>
      (await prometheus.alerts()).some(({ state }) => state === "firing"),
    );
    const alerts = await prometheus.alerts();
    const firing = alerts.filter(({ state }) => state === "firing");
    assert.deepEqual(
      firing.map(({ labels }) => [labels.alertname, labels.node, labels.prefetcher_instance]),
      [["ImagePrefetcherNodeFailed", bad, name]],
    );
    assert.equal(firing[0]?.annotations.summary, `Node ${bad} lacks images of ${name}.`);
    const command = `kubectl prefetcher status --namespace ${scene.name} --release ${name}`;
    assert.ok(firing[0]?.annotations.description?.includes(command));
    const pending = alerts.filter(({ state }) => state === "pending");
    const names = pending.map(({ labels }) => labels.alertname);
    assert.deepEqual(names, ["ImagePrefetcherNodesUnfinished", "ImagePrefetcherPodsNotReady"]);
    const [unfinished, notReady] = pending.map(({ annotations }) => annotations.summary);
    assert.equal(unfinished, `50 % of the nodes have all images of ${name}.`);
    // The other one was not Ready either, for a moment.
    assert.match(notReady ?? "", /^Up to [12] of the nodes of monitoring have no pod that is Ready\.$/);
  });

  it("has a dashboard of which every query finds something", async () => {
    for (const { title, expr } of queriesFor(name)) {
      const samples = await prometheus.query(expr);
      assert.ok(samples.length > 0, `${title}: ${expr}`);
      assert.ok(
        samples.every(({ value }) => Number.isFinite(value)),
        title,
      );
      assert.deepEqual(await prometheus.query(queryFor("nobody", title)), [], "the twin");
    }
    const table = await prometheus.query(queryFor(name, "Nodes that have not succeeded, A"));
    const rows = table.map(({ labels }) => [labels.node, labels.verdict]);
    assert.deepEqual(rows, [[bad, "failed"]]);
  });

  it("is called by kube-state-metrics as the rules ask for it, whatever the instance's name", async () => {
    const instances = Object.keys(metricLabels);
    await scene.kubectl(
      "label",
      "node",
      good,
      ...instances.map((instance) => `${keyOf(instance)}=v-${instance}`),
    );
    // By a prefix, which takes kube-state-metrics 2.20.
    await using all = await openKubeStateMetrics(scene, `nodes=[${keyOf("*")}]`);
    const isOfNode = (line: string) => line.startsWith(`kube_node_labels{node="${good}"`);
    const line = (await all.metrics()).split("\n").find(isOfNode) ?? "";
    const shown = [...line.matchAll(/(label_\w+)="v-(.*?)"/g)].map(([, label, instance]) => [
      instance,
      label,
    ]);
    assert.deepEqual(Object.fromEntries(shown), metricLabels);
    assert.doesNotMatch(line, /label_kubernetes_io/);
  });

  it("cannot be told from one whose name differs by punctuation, where a node has both", async () => {
    await scene.kubectl("label", "node", good, `${keyOf("a.b")}=v0`, `${keyOf("a-b")}=v1`, "--overwrite");
    await using both = await openKubeStateMetrics(scene, `nodes=[${keyOf("a.b")},${keyOf("a-b")}]`);
    assert.match(await both.metrics(), /_a_b_conflict1="v1",label_\w+_a_b_conflict2="v0"/);
    await using one = await openKubeStateMetrics(scene, `nodes=[${keyOf("a.b")}]`);
    assert.match(await one.metrics(), /_a_b="v0"/, "the twin: the other one is not shown");
  });

  it("no longer has the alert once the node has the image", async () => {
    await preloadImage(bad, `${testCluster().registry}/monitoring/missing:1`);
    await scene.kubectl("delete", "pods", "--field-selector", `spec.nodeName=${bad}`, "--wait=false");
    // That a pod was not Ready is remembered for 10 minutes.
    const isLasting = ({ labels }: Alert) => labels.alertname !== "ImagePrefetcherPodsNotReady";
    await waitUntil("no alert", 30_000, async () => !(await prometheus.alerts()).some(isLasting));
    const [ratio] = await prometheus.query("image_prefetcher:nodes_succeeded:ratio");
    assert.equal(ratio?.value, 1);
  });
});

describe("the PrometheusRule", () => {
  const env = { ...process.env, ...testCluster().environment };
  const kubectl = (args: readonly string[], input?: string) =>
    runCommand("kubectl", args, { env, ...(input === undefined ? {} : { input }) });
  const apply = (yaml: string) =>
    kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], yaml);
  const crd = "customresourcedefinition/prometheusrules.monitoring.coreos.com";

  before(async () => {
    await kubectl(["apply", "--server-side", "-f", "-"], await prometheusRuleCrd());
    await kubectl(["wait", "--for=condition=Established", crd, "--timeout=20s"]);
  });
  after(async () => {
    await kubectl(["delete", crd, "--ignore-not-found"]);
  });

  it("is what the API server takes by the operator's own definition, field by field", async () => {
    const rule = await prometheusRule({ release: name, namespace: "default", values });
    // It may know the kind a moment later than it says so.
    await waitUntil("the API server knows the kind", 10_000, async () =>
      /created/.test((await apply(rule)).stdout),
    );
    await assert.rejects(apply(rule.replace(/^( *)for: .*$/m, "$1fro: 30m")), /unknown field.*fro/);
    await assert.rejects(apply(rule.replace(/^( *)for: .*$/m, "$1for: soon")), /spec.groups.*should match/);
  });
});

function queryFor(instance: string, wanted: string): string {
  return queriesFor(instance).find(({ title }) => title === wanted)?.expr ?? "";
}
