import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { render, template } from "../chart/helm.ts";
import { dashboard, dashboardText, type Panel, queriesFor } from "./dashboard.ts";
import type { RuleFile } from "./rule-file.ts";

/** The width of Grafana's grid. */
const columns = 24;

describe("the dashboard", () => {
  it("is the ConfigMap's one file, byte by byte but for its end", () => {
    const flags = ["--show-only", "templates/dashboard.yaml"];
    const { stdout } = template({ values: { metrics: { dashboard: { enabled: true } } }, flags });
    const { data } = parse(stdout) as { readonly data: Readonly<Record<string, string>> };
    assert.deepEqual(data, { "image-prefetcher.json": dashboardText.trim() });
  });

  it("has a schema that Grafana 10 knows", () => {
    assert.ok(dashboard.schemaVersion <= 38, `${dashboard.schemaVersion}`);
  });

  it("has panels with ids of their own, and with words", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    assert.deepEqual([...new Set(ids)], ids);
    for (const { title, description } of dashboard.panels) {
      assert.notEqual(title, "");
      assert.match(description, /\.$/, title);
    }
  });

  it("has panels that lie on the grid and not on each other", () => {
    const taken = dashboard.panels.flatMap(cellsOf);
    assert.deepEqual([...new Set(taken)], taken);
    for (const { gridPos, title } of dashboard.panels) assert.ok(gridPos.x + gridPos.w <= columns, title);
  });

  it("asks the data source that is chosen in it, and no other", () => {
    const sources = [...dashboardText.matchAll(/"uid": "(.*)"/g)].map(([, uid]) => uid);
    assert.deepEqual(new Set(sources), new Set([dashboard.uid, "$" + "{datasource}"]));
    assert.equal(dashboardText.match(/"datasource": \{/g)?.length, sources.length - 1);
  });

  it("has a choice of data sources and of instances, and uses no other variable", () => {
    const { list } = dashboard.templating;
    assert.deepEqual(
      list.map(({ name, type }) => [name, type]),
      [
        ["datasource", "datasource"],
        ["instance", "query"],
      ],
    );
    const used = [...dashboardText.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
    assert.deepEqual(new Set(used), new Set(["datasource", "instance"]));
  });

  it("asks for nothing that the rules do not record and kube-state-metrics does not show", () => {
    const rule = render({ values: { metrics: { rules: { enabled: true } } } }).find(
      ({ kind }) => kind === "PrometheusRule",
    ) as unknown as { readonly spec: RuleFile };
    const recorded = rule.spec.groups.flatMap(({ rules }) => rules.map(({ record }) => record));
    const asked = [
      ...queriesFor("x").map(({ expr }) => expr),
      ...dashboard.templating.list.map(({ definition = "" }) => definition),
    ].flatMap((text) => text.match(/image_prefetcher:[\w:]+/g) ?? []);
    for (const name of asked) assert.ok(recorded.includes(name), name);
    assert.ok(recorded.filter((name) => name !== undefined).every((name) => asked.includes(name)));
  });
});

function cellsOf({ gridPos: { x, y, w, h } }: Panel): readonly string[] {
  return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`);
}
