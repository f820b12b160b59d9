import { durationOf, nodeNamed } from "./flag-values.ts";
import type { Flag } from "./flags.ts";
import type { DoctorSettings } from "./settings.ts";

/** The table of the flags, for cli.ts. */
export const doctorOptions = {
  node: {
    type: "string",
    demandOption: true,
    coerce: nodeNamed("node"),
    describe: "The Node to ask",
  },
  context: {
    type: "string",
    coerce: nameFor("context", /^\P{Cc}+$/u, "the name of a context in the kubeconfig"),
    describe: "The kubeconfig's context; without it, the current one",
  },
  kubeconfig: {
    type: "string",
    coerce: nameFor("kubeconfig", /^\P{Cc}+$/u, "the path of a kubeconfig"),
    describe: "The kubeconfig's file; without it, those of KUBECONFIG, else the one in the home folder",
  },
  namespace: {
    type: "string",
    alias: "n",
    coerce: nameFor("namespace", /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "the name of a namespace"),
    describe: "The release's namespace; without it, that of the kubeconfig's context",
  },
  release: {
    type: "string",
    coerce: nameFor("release", /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/, "the name of a Helm release"),
    describe: "The release; needed only where the namespace has several",
  },
  output: {
    alias: "o",
    choices: ["table", "json"],
    default: "table",
    describe: "What is printed: a table for people, or one JSON document",
  },
  timeout: {
    type: "string",
    default: "60s",
    coerce: durationOf("timeout"),
    describe: "How long the pod on the node may take (a duration)",
  },
} as const satisfies Record<string, Flag>;

/** The settings that yargs' flags say. */
export function doctorSettings(flags: Readonly<Record<string, unknown>>): DoctorSettings {
  return {
    node: flags.node as string,
    context: flags.context as string | undefined,
    kubeconfig: flags.kubeconfig as string | undefined,
    namespace: flags.namespace as string | undefined,
    release: flags.release as string | undefined,
    output: flags.output as DoctorSettings["output"],
    timeoutMs: flags.timeout as number,
  };
}

/** Reads `--<flag>` as a name; a flag that is not given stays undefined. */
function nameFor(
  flag: string,
  pattern: RegExp,
  what: string,
): (text: string | undefined) => string | undefined {
  return (text) => {
    if (text === undefined || pattern.test(text)) return text;
    throw new Error(`--${flag} is ${what}, and ${JSON.stringify(text)} cannot be one`);
  };
}
