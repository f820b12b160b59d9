import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chart } from "../chart/helm.ts";

/** As much of a panel as is looked at. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

/** As much of Grafana's model of a dashboard as is looked at. */
export interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
  readonly panels: readonly Panel[];
}

/** The chart's dashboard as it lies there. */
export const dashboardText = readFileSync(join(chart, "dashboards/image-prefetcher.json"), "utf8");

export const dashboard = JSON.parse(dashboardText) as Dashboard;

/** What the panels ask of Prometheus about the instance, with the panel's title and the query's letter. */
export function queriesFor(instance: string): readonly { readonly title: string; readonly expr: string }[] {
  return dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ refId, expr }) => ({
      title: `${title}, ${refId}`,
      expr: expr.replaceAll("$instance", instance),
    })),
  );
}
