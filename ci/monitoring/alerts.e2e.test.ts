import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { queriesFor } from "./dashboard.ts";
import { assertAlerts, type FiringByMinute } from "./firing-alerts.ts";
import { checkRules, testRules } from "./promtool.ts";
import { type RuleFile, ruleFile } from "./rule-file.ts";
import { always, type Minutes, type Shown, seriesOf } from "./shown-series.ts";

const release = { release: "my-images", namespace: "platform" };

describe("the rules", () => {
  let rules: RuleFile;
  before(async () => {
    rules = await ruleFile(release);
  });

  it("are what promtool takes", async () => {
    await checkRules(rules);
  });

  it("are followed by queries of the dashboard's that promtool takes", async () => {
    const rules = queriesFor("my-images").map(({ expr }, index) => ({
      record: `query:${index}`,
      expr,
      labels: {},
    }));
    await checkRules({ groups: [{ name: "dashboard", rules }] });
    const broken = rules.map((rule) => ({ ...rule, expr: `${rule.expr}(` }));
    await assert.rejects(
      checkRules({ groups: [{ name: "dashboard", rules: broken }] }),
      /could not parse expression/,
    );
  });

  const assertFiring = (shown: Shown, byMinute: FiringByMinute, of = rules) =>
    assertAlerts(of, shown, byMinute);
  const failed = (node: string) => `ImagePrefetcherNodeFailed",node="${node}",verdict="failed`;
  const lost = (node: string) => `ImagePrefetcherLabelLost",node="${node}",verdict="none`;
  const unfinished = "ImagePrefetcherNodesUnfinished";

  describe("alert about a node that failed", () => {
    const nodes = { a: always("succeeded"), b: always("failed"), c: always("succeeded") } as const;

    it("once it has said so for half an hour, and name it", async () => {
      await assertFiring({ nodes }, { 29: [], 30: [failed("b")] });
    });

    it("not while it says so for less than that at a time", async () => {
      const b: Minutes = [
        ["failed", 25],
        ["succeeded", 5],
        ["failed", 25],
        ["succeeded", 1],
      ];
      await assertFiring({ nodes: { ...nodes, b } }, { 30: [], 54: [], 56: [] });
    });

    it("not where the release has no pod on it, as on a node that it no longer chooses", async () => {
      await assertFiring({ nodes: { a: always("succeeded") }, others: { b: always("failed") } }, { 100: [] });
    });

    it("after the duration that a value says", async () => {
      const hasty = await ruleFile({ ...release, values: { metrics: { rules: { failedFor: "5m" } } } });
      await assertFiring({ nodes }, { 4: [], 5: [failed("b")] }, hasty);
    });
  });

  describe("alert about a release", () => {
    const tenNodes = (succeeded: number) =>
      Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [
          `n${index}`,
          always(index < succeeded ? "succeeded" : "none"),
        ]),
      );

    it("once fewer than nine of ten nodes have succeeded for an hour", async () => {
      await assertFiring({ nodes: tenNodes(8) }, { 59: [], 60: [unfinished] });
    });

    it("not while nine of ten have", async () => {
      await assertFiring({ nodes: tenNodes(9) }, { 150: [] });
    });

    it("where none has, as where kube-state-metrics does not show the label", async () => {
      await assertFiring({ nodes: tenNodes(0) }, { 60: [unfinished] });
    });

    it("counting nodes that have no pod yet, and none that are no longer chosen", async () => {
      const pods = { wanted: 2, there: 2 };
      const nodes = { a: always("succeeded") };
      await assertFiring({ nodes, pods, others: { b: always("succeeded") } }, { 60: [unfinished] });
    });

    it("not where it chooses no node, of which there is no share", async () => {
      const shown = { pods: { wanted: 0, there: 0 } };
      await assertFiring(shown, { 150: [] });
      const share = { expr: "image_prefetcher:nodes_succeeded:ratio", eval_time: "150m", exp_samples: [] };
      await testRules(rules, { interval: "1m", input_series: seriesOf(shown), promql_expr_test: [share] });
    });
  });

  describe("alert about a label that is lost", () => {
    const nodes = (b: Minutes) => ({ a: always("succeeded"), b });
    const isLost: Minutes = [
      ["succeeded", 10],
      ["none", 1],
    ];
    // One of two nodes is too few for the release, which would alert first.
    let patient: RuleFile;
    before(async () => {
      patient = await ruleFile({ ...release, values: { metrics: { rules: { unfinishedFor: "1d" } } } });
    });

    it("once a node that had succeeded has said nothing for two hours, and name it", async () => {
      await assertFiring({ nodes: nodes(isLost) }, { 129: [], 130: [lost("b")] }, patient);
    });

    it("not while a changed list is pulled everywhere for as long as a round takes", async () => {
      const isPulling: Minutes = [
        ["succeeded", 10],
        ["none", 65],
        ["succeeded", 1],
      ];
      const rollout = {
        nodes: { a: isPulling, b: isPulling },
        unready: [
          [0, 10],
          [2, 65],
          [0, 1],
        ],
      } as const;
      const patientWithAll = await ruleFile({
        ...release,
        values: { metrics: { rules: { unfinishedFor: "2h" } } },
      });
      await assertFiring(rollout, { 50: [], 74: [], 75: [], 300: [] }, patientWithAll);
    });

    it("not where it never succeeded", async () => {
      const never = { ...nodes(always("none")), c: always("succeeded") };
      await assertFiring({ nodes: never }, { 300: [] }, patient);
    });

    it("not where it is back in time", async () => {
      const back: Minutes = [
        ["succeeded", 10],
        ["none", 115],
        ["succeeded", 1],
      ];
      await assertFiring({ nodes: nodes(back) }, { 124: [], 131: [], 300: [] }, patient);
    });

    it("until it was too long ago", async () => {
      const rulesOfAnHour = { labelLostFor: "30m", labelLostWithin: "1h", unfinishedFor: "1d" };
      const short = await ruleFile({ ...release, values: { metrics: { rules: rulesOfAnHour } } });
      await assertFiring({ nodes: nodes(isLost) }, { 65: [lost("b")], 75: [] }, short);
    });
  });

  it("say nothing of another instance's labels, nor of another release's pods", async () => {
    const another = await ruleFile({ ...release, values: { instanceName: "another" } });
    const neighbour = await ruleFile({
      ...release,
      release: "another",
      values: { instanceName: "my-images" },
    });
    const shown = { nodes: { a: always("failed") }, pods: { wanted: 0, there: 0 } } as const;
    await assertFiring(shown, { 45: [failed("a")] });
    await assertFiring(shown, { 45: [] }, another);
    await assertFiring(shown, { 45: [] }, neighbour);
  });
});
