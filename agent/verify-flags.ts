import { doctorOptions } from "./doctor-flags.ts";
import { optionalInstance } from "./flag-values.ts";
import type { Flag } from "./flags.ts";
import type { VerifySettings } from "./settings.ts";

/** The table of the flags, for cli.ts. */
export const verifyOptions = {
  namespace: doctorOptions.namespace,
  release: { ...doctorOptions.release, demandOption: true, describe: "The release" },
  instance: {
    type: "string",
    coerce: optionalInstance,
    describe: "The instance of the one DaemonSet that is meant, where the release has several",
  },
  revision: {
    type: "string",
    coerce: revision,
    describe: "The revision that the nodes are to have; without it, that of the release's DaemonSet",
  },
  "min-percent": {
    type: "string",
    default: "100",
    coerce: minPercent,
    describe: "How many of the nodes that the release chooses have to say `succeeded`, in percent, 1 to 100",
  },
  "include-not-ready": {
    type: "boolean",
    default: false,
    describe: "Count nodes that are not Ready too, which are left out otherwise",
  },
  output: doctorOptions.output,
  context: doctorOptions.context,
  kubeconfig: doctorOptions.kubeconfig,
} as const satisfies Record<string, Flag>;

/** The settings that yargs' flags say. */
export function verifySettings(flags: Readonly<Record<string, unknown>>): VerifySettings {
  return {
    namespace: flags.namespace as string | undefined,
    release: flags.release as string,
    instance: flags.instance as string | undefined,
    revision: flags.revision as string | undefined,
    minPercent: flags["min-percent"] as number,
    includesNotReady: flags["include-not-ready"] === true,
    output: flags.output as VerifySettings["output"],
    context: flags.context as string | undefined,
    kubeconfig: flags.kubeconfig as string | undefined,
  };
}

function revision(text: string | undefined): string | undefined {
  if (text === undefined || /^1-[0-9a-f]{12}$/.test(text)) return text;
  throw new Error(
    `--revision is what \`prefetcher revision\` prints, such as 1-0123456789ab, and ${JSON.stringify(text)} is not`,
  );
}

function minPercent(text: string): number {
  const percent = Number(text);
  if (/^[0-9]+$/.test(text) && percent >= 1 && percent <= 100) return percent;
  throw new Error(`--min-percent is a whole number from 1 to 100, and ${JSON.stringify(text)} is not`);
}
