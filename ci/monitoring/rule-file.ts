import { join } from "node:path";
import { parse, stringify } from "yaml";
import { chart } from "../chart/helm.ts";
import { ensureParts } from "../cluster/cluster.ts";
import { runCommand } from "../run-command.ts";

/** A rule as Prometheus reads it. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A rule file as Prometheus reads it. */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** The release whose rules are wanted. */
export interface RulesOf {
  readonly release: string;
  readonly namespace: string;
  /** Values over the chart's own; the rules are turned on whatever they say. */
  readonly values?: { readonly instanceName?: string; readonly metrics?: { readonly rules?: object } };
}

/** The PrometheusRule that the chart renders, as YAML. What is not built yet of Helm is built first. */
export async function prometheusRule({ release, namespace, values = {} }: RulesOf): Promise<string> {
  const [folder = ""] = await ensureParts(["helm"], () => {});
  const input = JSON.stringify({
    ...values,
    metrics: { ...values.metrics, rules: { ...values.metrics?.rules, enabled: true } },
  });
  const place = [release, chart, "--namespace", namespace, "--values", "-"];
  const only = ["--show-only", "templates/prometheusrule.yaml"];
  return (await runCommand(join(folder, "helm"), ["template", ...place, ...only], { input })).stdout;
}

/** The same rules without the operator: its object's `spec` is a rule file. */
export async function ruleFile(of: RulesOf): Promise<RuleFile> {
  return (parse(await prometheusRule(of)) as { readonly spec: RuleFile }).spec;
}

/** As text, for Prometheus. */
export function ruleFileText(file: RuleFile): string {
  return stringify(file);
}
