import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePrometheus } from "../../monitoring/prometheus-programs.ts";
import { type RuleFile, ruleFileText } from "../../monitoring/rule-file.ts";
import type { Scene } from "./scene.ts";
import { freePort, startSideProcess } from "./side-process.ts";

/** One sample of an instant query's answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An alert that is pending or firing. */
export interface Alert {
  readonly state: "pending" | "firing";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A real Prometheus that looks at one kube-state-metrics every second, and at its rules as often. */
export interface Prometheus extends AsyncDisposable {
  /** What the query comes to now. */
  query(expr: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly Alert[]>;
}

/** Starts it with the rules; `target` is HOST:PORT. */
export async function openPrometheus(scene: Scene, target: string, rules: RuleFile): Promise<Prometheus> {
  const programs = await ensurePrometheus(() => {});
  const address = `127.0.0.1:${await freePort()}`;
  const ask = async <Data>(path: string) => {
    const answer = (await (await fetch(`http://${address}/api/v1/${path}`)).json()) as Answer<Data>;
    if (answer.status !== "success") throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  };
  const running = await startSideProcess(scene.cluster(), (folder) => {
    const config = join(folder, "prometheus.json");
    const ruleFile = join(folder, "rules.json");
    writeFileSync(ruleFile, ruleFileText(rules));
    writeFileSync(config, JSON.stringify(configOf(target, ruleFile)));
    return {
      name: "Prometheus",
      command: [
        join(programs, "prometheus"),
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${address}`,
      ],
      isReady: async () => (await fetch(`http://${address}/-/ready`)).ok,
    };
  });
  return {
    query: async (expr) => {
      const { result } = await ask<{ result: readonly Result[] }>(`query?query=${encodeURIComponent(expr)}`);
      return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
    },
    alerts: async () => (await ask<{ alerts: readonly Alert[] }>("alerts")).alerts,
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

interface Answer<Data> {
  readonly status: string;
  readonly error?: string;
  readonly data: Data;
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

function configOf(target: string, ruleFile: string): object {
  return {
    global: { scrape_interval: "1s", evaluation_interval: "1s" },
    rule_files: [ruleFile],
    scrape_configs: [
      { job_name: "kube-state-metrics", honor_labels: true, static_configs: [{ targets: [target] }] },
    ],
  };
}
