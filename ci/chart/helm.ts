import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { root } from "../root.ts";

/** The folder of the chart. */
export const chart = join(root, "charts/prefetcher");

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

export interface ToolResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a tool that lies on the PATH and waits for its end; throws only where the tool itself is missing. */
export function runTool(tool: string, toolArguments: readonly string[], input = ""): ToolResult {
  const result = spawnSync(tool, toolArguments, { cwd: root, encoding: "utf8", input, maxBuffer: 1 << 26 });
  if (result.error !== undefined) {
    throw new Error(`${tool} could not be started; is its folder on the PATH?`, { cause: result.error });
  }
  return result;
}

/** Helm 4 and Helm 3, as they are called on the PATH. */
export type Helm = "helm" | "helm3";

export interface RenderOptions {
  /** Helm 4 by default. */
  readonly helm?: Helm;
  /** Values over the chart's own, as a values file would have them. */
  readonly values?: object;
  /** Further arguments of `helm template`. */
  readonly flags?: readonly string[];
  /** The chart's folder, where it is not the one of this repository. */
  readonly folder?: string;
}

/** What `helm template` does for release `my-images` in namespace `platform`, refused or not. */
export function template(options: RenderOptions = {}): ToolResult {
  return runHelm(["template"], options);
}

/** What NOTES.txt comes to for an install of release `my-images`; throws with Helm's message where the values are refused. */
export function notes(options: RenderOptions = {}): string {
  const { status, stdout, stderr } = runHelm(["install", "--dry-run=client"], options);
  if (status !== 0) throw new Error(stderr);
  return stdout.slice(stdout.lastIndexOf("\nNOTES:\n") + "\nNOTES:\n".length);
}

function runHelm(command: readonly string[], options: RenderOptions): ToolResult {
  const { helm = "helm", values = {}, flags = [], folder = chart } = options;
  const place = ["my-images", folder, "--namespace", "platform", "--values", "-"];
  return runTool(helm, [...command, ...place, ...flags], stringify(values));
}

/** The objects that the chart renders; throws with Helm's message where it renders none. */
export function render(options: RenderOptions = {}): readonly Manifest[] {
  const result = template(options);
  if (result.status !== 0) throw new Error(result.stderr);
  return manifestsFromYaml(result.stdout);
}

/** The arguments that the agent is started with, to pull the list. */
export function agentArguments(options: RenderOptions = {}): readonly string[] {
  return agentPodSpec(options).initContainers[0].args;
}

/** The arguments that the agent is started with in mode keep, to look again; throws in the other mode, which starts no agent there. */
export function keepArguments(options: RenderOptions = {}): readonly string[] {
  const [{ args }] = agentPodSpec(options).containers;
  if (args === undefined) throw new Error("the container that stays has no arguments");
  return args;
}

interface AgentPodSpec {
  readonly initContainers: readonly [{ readonly args: readonly string[] }];
  readonly containers: readonly [{ readonly args?: readonly string[] }];
}

function agentPodSpec(options: RenderOptions): AgentPodSpec {
  const daemonSet = render(options).find((manifest) => manifest.kind === "DaemonSet") as
    | { readonly spec: { readonly template: { readonly spec: AgentPodSpec } } }
    | undefined;
  if (daemonSet === undefined) throw new Error("the chart rendered no DaemonSet");
  return daemonSet.spec.template.spec;
}

function manifestsFromYaml(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    // `yaml` collects errors, a key that is there twice among them, and throws none of them.
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}
