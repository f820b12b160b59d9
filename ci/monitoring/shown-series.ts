// The names that kube-state-metrics gives to the label of instance `my-images`, and the chart to the DaemonSet of release `my-images`.
const label = "label_image_prefetcher_stackrox_io_my_images";
const daemonSet = "my-images-prefetcher";

const lengthMinutes = 400;

/** What the label says; `none` where there is none. */
export type Verdict = "succeeded" | "failed" | "none";

/** What the label says minute after minute, the last for ever. */
export type Minutes = readonly (readonly [verdict: Verdict, minutes: number])[];

/** The cluster as kube-state-metrics shows it. */
export interface Shown {
  /** What the label says on each node that has a pod. */
  readonly nodes?: Readonly<Record<string, Minutes>>;
  /** The same of nodes that have none. */
  readonly others?: Readonly<Record<string, Minutes>>;
  /** Pods that the DaemonSet wants, where it is not one for each node, and pods that there are. */
  readonly pods?: { readonly wanted: number; readonly there: number };
  /** How many nodes have no pod that is Ready, minute after minute, the last for ever; without it, no node. */
  readonly unready?: readonly (readonly [nodes: number, minutes: number])[];
}

/** That verdict from the first minute on. */
export function always(verdict: Verdict): Minutes {
  return [[verdict, 1]];
}

/** Promtool's input series of it, a sample a minute: all of it twice, as two kube-state-metrics show it. */
export function seriesOf({ nodes = {}, others = {}, pods, unready = [[0, 1]] }: Shown): readonly object[] {
  const placed = Object.keys(nodes);
  const labelled = Object.entries({ ...nodes, ...others });
  const { wanted, there } = pods ?? { wanted: placed.length, there: placed.length };
  const scheduled = `namespace="platform",daemonset="${daemonSet}"`;
  return ["one", "two"].flatMap((shower) => {
    const target = `instance="${shower}"`;
    return [
      ...labelled.flatMap(([node, minutes]) => labelSeries(`${target},node="${node}"`, minutes)),
      ...placed.map((node) => constant(`kube_pod_info{${target},${podOn(node)}}`, 1)),
      constant(`kube_daemonset_status_desired_number_scheduled{${target},${scheduled}}`, wanted),
      constant(`kube_daemonset_status_current_number_scheduled{${target},${scheduled}}`, there),
      {
        series: `kube_daemonset_status_number_unavailable{${target},${scheduled}}`,
        values: minuteByMinute(unready).join(" "),
      },
    ];
  });
}

function podOn(node: string): string {
  const owner = `created_by_kind="DaemonSet",created_by_name="${daemonSet}"`;
  return `namespace="platform",pod="${daemonSet}-${node}",node="${node}",${owner}`;
}

/** A series for each verdict: one that another takes the place of is stale, as Prometheus marks it. */
function labelSeries(target: string, minutes: Minutes): readonly object[] {
  const verdicts = minuteByMinute(minutes);
  return (["succeeded", "failed", "none"] as const).map((verdict) => ({
    series: `kube_node_labels{${target}${verdict === "none" ? "" : `,${label}="${verdict}"`}}`,
    values: verdicts
      .map((current, minute) => {
        if (current === verdict) return "1";
        return verdicts[minute - 1] === verdict ? "stale" : "_";
      })
      .join(" "),
  }));
}

function minuteByMinute<Value>(spans: readonly (readonly [Value, number])[]): readonly Value[] {
  const written = spans.flatMap(([value, length]) => Array.from({ length }, () => value));
  return Array.from({ length: lengthMinutes }, (_, minute) => written[minute] ?? (written.at(-1) as Value));
}

function constant(series: string, value: number): object {
  return { series, values: `${value}x${lengthMinutes}` };
}
