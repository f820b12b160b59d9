import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { render } from "../chart/helm.ts";
import { metricLabels } from "./metric-labels.ts";

describe("the rules", () => {
  for (const [instanceName, label] of Object.entries(metricLabels)) {
    it(`ask for the label of instance ${instanceName} as kube-state-metrics calls it`, () => {
      const objects = render({ values: { instanceName, metrics: { rules: { enabled: true } } } });
      const rule = JSON.stringify(objects.find(({ kind }) => kind === "PrometheusRule"));
      const asked = [...rule.matchAll(/label_image_prefetcher_\w+/g)].map(([name]) => name);
      assert.deepEqual(new Set(asked), new Set([label]));
    });
  }
});
