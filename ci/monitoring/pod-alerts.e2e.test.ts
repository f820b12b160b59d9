import { before, describe, it } from "node:test";
import { assertAlerts, type FiringByMinute } from "./firing-alerts.ts";
import { type RuleFile, ruleFile } from "./rule-file.ts";
import { always, type Shown } from "./shown-series.ts";

const release = { release: "my-images", namespace: "platform" };

const ofDaemonSet = '",namespace="platform",daemonset="my-images-prefetcher';
const podsMissing = `ImagePrefetcherPodsMissing${ofDaemonSet}`;
const podsNotReady = `ImagePrefetcherPodsNotReady${ofDaemonSet}`;
const metricsAbsent = `ImagePrefetcherMetricsAbsent${ofDaemonSet}`;

describe("the rules about a release's pods", () => {
  let rules: RuleFile;
  before(async () => {
    rules = await ruleFile(release);
  });

  const assertFiring = (shown: Shown | undefined, byMinute: FiringByMinute, of = rules) =>
    assertAlerts(of, shown, byMinute);

  describe("alert about pods that are missing", () => {
    const nodes = { a: always("succeeded") };

    it("once there have been fewer than nodes for a quarter of an hour", async () => {
      await assertFiring({ nodes, pods: { wanted: 2, there: 1 } }, { 14: [], 15: [podsMissing] });
    });

    it("where there is none at all, as where Pod Security refuses them", async () => {
      await assertFiring({ pods: { wanted: 3, there: 0 } }, { 15: [podsMissing] });
    });

    it("not where there are as many", async () => {
      await assertFiring({ nodes }, { 150: [] });
    });
  });

  describe("alert about pods that are not Ready", () => {
    // After an upgrade: the labels of the former list stay where the new pods do not start.
    const nodes = { a: always("succeeded"), b: always("succeeded") };

    it("once there has been one for two hours, whatever the labels say", async () => {
      await assertFiring({ nodes, unready: [[1, 1]] }, { 119: [], 120: [podsNotReady] });
    });

    it("not while they pull for as long as a round takes", async () => {
      const unready = [
        [2, 90],
        [0, 1],
      ] as const;
      await assertFiring({ nodes, unready }, { 89: [], 300: [] });
    });

    it("where a container starts again and again, and is Ready for a moment", async () => {
      const unready = Array.from({ length: 40 }, () => [
        [0, 1],
        [1, 5],
      ]).flat() as [number, number][];
      await assertFiring({ nodes, unready }, { 120: [], 121: [podsNotReady], 200: [podsNotReady] });
    });

    it("not where one is away for a while now and then", async () => {
      const unready = Array.from({ length: 10 }, () => [
        [1, 5],
        [0, 15],
      ]).flat() as [number, number][];
      await assertFiring({ nodes, unready }, { 150: [], 190: [] });
    });
  });

  describe("alert about metrics that are absent", () => {
    it("once there has been none of the DaemonSet for an hour, as without kube-state-metrics", async () => {
      await assertFiring(undefined, { 59: [], 60: [metricsAbsent] });
    });

    it("where there are another release's alone", async () => {
      const another = await ruleFile({
        ...release,
        release: "another",
        values: { instanceName: "my-images" },
      });
      const absent = metricsAbsent.replace("my-images-prefetcher", "another-prefetcher");
      await assertFiring({ nodes: { a: always("succeeded") } }, { 59: [], 60: [absent] }, another);
    });

    it("not where the DaemonSet is shown, even if it wants no pod", async () => {
      await assertFiring({ pods: { wanted: 0, there: 0 } }, { 300: [] });
    });
  });
});
