import { doctorOptions } from "./doctor-flags.ts";
import { optionalDurationOf } from "./flag-values.ts";
import type { Flag } from "./flags.ts";
import type { StatusSettings } from "./settings.ts";
import { verifyOptions } from "./verify-flags.ts";

/** The table of the flags, for cli.ts. */
export const statusOptions = {
  namespace: {
    ...doctorOptions.namespace,
    describe: "The namespace of the releases; without it, that of the kubeconfig's context",
  },
  "all-namespaces": {
    type: "boolean",
    alias: "A",
    default: false,
    describe: "The releases of all namespaces",
  },
  release: { ...doctorOptions.release, describe: "The release; without it, all that are there" },
  instance: { ...verifyOptions.instance, describe: "The instance; without it, all of the releases'" },
  revision: verifyOptions.revision,
  "min-percent": verifyOptions["min-percent"],
  "include-not-ready": verifyOptions["include-not-ready"],
  watch: {
    type: "boolean",
    alias: "w",
    default: false,
    describe: "Go on with each change, until it is interrupted",
  },
  wait: {
    type: "boolean",
    default: false,
    describe: "Go on until no release has a problem, and end with 1 if that takes longer than --timeout",
  },
  timeout: {
    type: "string",
    coerce: optionalDurationOf("timeout"),
    describe: "How long --wait waits (a duration); 10m without it",
  },
  output: {
    ...doctorOptions.output,
    describe: "What is printed: a table for people, or JSON, with --watch one document a line",
  },
  html: {
    type: "string",
    coerce: path,
    describe:
      "Write a page that a browser shows to this file too; with --watch and --wait it is kept up to date",
  },
  context: doctorOptions.context,
  kubeconfig: doctorOptions.kubeconfig,
} as const satisfies Record<string, Flag>;

const defaultTimeoutMs = 10 * 60_000;

/** Whether the flags go together; throws an Error whose message is the sentence for the user. */
export function statusIsWhole(flags: Readonly<Record<string, unknown>>): true {
  const isOn = (flag: string) => flags[flag] === true;
  if (isOn("watch") && isOn("wait"))
    throw new Error("give --watch or --wait, not both: one goes on after the other would have ended");
  if (flags.timeout !== undefined && !isOn("wait"))
    throw new Error("--timeout says how long --wait waits, and --wait is not given");
  if (isOn("all-namespaces") && flags.namespace !== undefined)
    throw new Error("give --namespace or --all-namespaces, not both");
  return true;
}

/** The settings that yargs' flags say. */
export function statusSettings(flags: Readonly<Record<string, unknown>>): StatusSettings {
  return {
    namespace: flags.namespace as string | undefined,
    includesAllNamespaces: flags["all-namespaces"] === true,
    release: flags.release as string | undefined,
    instance: flags.instance as string | undefined,
    revision: flags.revision as string | undefined,
    minPercent: flags["min-percent"] as number,
    includesNotReady: flags["include-not-ready"] === true,
    watches: flags.watch === true,
    waits: flags.wait === true,
    timeoutMs: (flags.timeout as number | undefined) ?? defaultTimeoutMs,
    output: flags.output as StatusSettings["output"],
    html: flags.html as string | undefined,
    context: flags.context as string | undefined,
    kubeconfig: flags.kubeconfig as string | undefined,
  };
}

function path(text: string | undefined): string | undefined {
  if (text !== "") return text;
  throw new Error("--html is the path of a file, and it is empty");
}
