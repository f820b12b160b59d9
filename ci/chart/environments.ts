import { readdirSync } from "node:fs";
import { chart } from "./helm.ts";

const suffix = "-values.yaml";

/** The chart's defaults, or a values file of charts/prefetcher/ci over them. */
export interface Environment {
  /** `defaults`, or the file's name without its end, such as `staging`. */
  readonly name: string;
  /** What Helm is given for it. */
  readonly flags: readonly string[];
}

/** The defaults first, then every values file there is. */
export const environments: readonly Environment[] = [
  { name: "defaults", flags: [] },
  ...readdirSync(`${chart}/ci`)
    .filter((file) => file.endsWith(suffix))
    .sort()
    .map((file) => ({ name: file.slice(0, -suffix.length), flags: ["--values", `${chart}/ci/${file}`] })),
];
