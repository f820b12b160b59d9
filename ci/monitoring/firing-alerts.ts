import { testRules } from "./promtool.ts";
import type { RuleFile } from "./rule-file.ts";
import { type Shown, seriesOf } from "./shown-series.ts";

/** Minutes since the beginning, and which alerts fire then; each is a name, with labels of its own as `Name",label="value`. */
export type FiringByMinute = Readonly<Record<number, readonly string[]>>;

/** Has promtool see which alerts fire, and no others; without a cluster there is no series at all. Rejects with what differs. */
export async function assertAlerts(
  rules: RuleFile,
  shown: Shown | undefined,
  byMinute: FiringByMinute,
): Promise<void> {
  await testRules(rules, {
    interval: "1m",
    input_series: shown === undefined ? [] : seriesOf(shown),
    promql_expr_test: Object.entries(byMinute).map(([minute, alerts]) => ({
      expr: 'ALERTS{alertstate="firing"}',
      eval_time: `${minute}m`,
      exp_samples: alerts.map(sampleOf),
    })),
  });
}

function sampleOf(alert: string): object {
  const own = 'alertstate="firing",prefetcher_instance="my-images",severity="warning"';
  return { labels: `ALERTS{alertname="${alert}",${own}}`, value: 1 };
}
