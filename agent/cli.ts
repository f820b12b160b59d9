import yargs, { type Options } from "yargs";
import {
  backoffScale,
  concurrency,
  durationOf,
  instance,
  minFreePercent,
  nodeName,
  optionalDurationOf,
  ownerNamed,
  socketPath,
} from "./flag-values.ts";
import type { ListSource, PrefetchSettings, RevisionSettings } from "./settings.ts";

/** What a command line asks for. */
export type Command =
  | { readonly kind: "prefetch"; readonly settings: PrefetchSettings }
  | { readonly kind: "revision"; readonly settings: RevisionSettings }
  /** `--help` or `--version`: the text for stdout. */
  | { readonly kind: "information"; readonly text: string }
  /** A sentence that says what is wrong and where help is. */
  | { readonly kind: "usage-error"; readonly message: string };

/** What the arguments after the program's name ask for. Pure: reads no file, prints nothing and ends nothing. */
export async function parseArguments(argv: readonly string[], version: string): Promise<Command> {
  let command: Command | undefined;
  let problem: string | undefined;
  let text = "";
  const parser = yargs()
    .scriptName("prefetcher")
    .locale("en")
    // Without negation `--no-such-flag` is refused under its own name, not as `such-flag`.
    .parserConfiguration({ "camel-case-expansion": false, "boolean-negation": false })
    .usage("Pulls a list of images on this node and says on the Node, by one label, whether they are there.")
    .command(
      "prefetch",
      "pull the list and label the Node",
      (builder) => builder.options(lastWins(prefetchOptions)).check(listIsGiven),
      (flags) => {
        command = { kind: "prefetch", settings: prefetchSettings(flags) };
      },
    )
    .command(
      "revision",
      "print the revision of a list",
      (builder) => builder.options(lastWins(listOptions)).check(listIsGiven),
      (flags) => {
        command = { kind: "revision", settings: { list: listFrom(flags), pullPolicy: policyFrom(flags) } };
      },
    )
    .demandCommand(1, "say what to do: prefetch or revision")
    .strict()
    .version(version)
    .help()
    .exitProcess(false)
    .fail((message, error) => {
      problem ??= message ?? error?.message;
    });
  await parser.parseAsync([...argv], {}, (_error: unknown, _argv: unknown, output: string) => {
    text = output;
  });
  if (problem !== undefined)
    return { kind: "usage-error", message: `${problem}. \`${helpFor(argv[0])}\` has the flags` };
  return command ?? { kind: "information", text };
}

/** The command line that prints the flags of the command that was meant. */
function helpFor(command: string | undefined): string {
  return command === "revision" ? "prefetcher revision --help" : "prefetcher prefetch --help";
}

// yargs hands over what its own types cannot follow through `options(table)`; each `xFrom` below says what it takes.
type Flags = Readonly<Record<string, unknown>>;

const listOptions = {
  image: {
    type: "string",
    array: true,
    nargs: 1,
    describe:
      "An image reference, and behind it required=false or platforms=os/arch,... where they apply; repeat the flag for each image",
  },
  "image-list-file": {
    type: "string",
    describe:
      "A file with one entry a line, as --image has it; # starts a comment, blank lines are passed over",
  },
  "pull-policy": {
    choices: ["IfNotPresent", "Always"],
    default: "IfNotPresent",
    describe: "Whether an image that is there already is confirmed with its registry, once per start",
  },
} as const satisfies Record<string, Options>;

const prefetchOptions = {
  instance: {
    type: "string",
    demandOption: true,
    coerce: instance,
    describe: "Names the list: the label is image-prefetcher.stackrox.io/<instance>",
  },
  owner: {
    type: "string",
    demandOption: true,
    coerce: ownerNamed("owner"),
    describe: "<namespace>/<release> that owns the instance; another owner's label is never touched",
  },
  "node-name": {
    type: "string",
    demandOption: true,
    coerce: nodeName,
    describe: "The Kubernetes Node to label",
  },
  ...listOptions,
  revision: {
    type: "string",
    describe: "The revision that the list must have; nothing is done where it has another",
  },
  concurrency: {
    type: "string",
    default: "4",
    coerce: concurrency,
    describe: "How many images are pulled at once, 1 to 64",
  },
  "pull-timeout": {
    type: "string",
    default: "60m",
    coerce: durationOf("pull-timeout"),
    describe: "How long a round may pull (a duration such as 90s, 60m or 1h30m)",
  },
  "attempt-timeout": {
    type: "string",
    coerce: optionalDurationOf("attempt-timeout"),
    describe: "How long one attempt at an image may take (a duration); without it, as long as the round",
  },
  "pull-secret": {
    type: "string",
    array: true,
    nargs: 1,
    default: [],
    defaultDescription: "none",
    describe:
      "A folder at which a pull secret is mounted, with .dockerconfigjson or .dockercfg in it; repeat the flag for each, in the order in which they are tried",
  },
  "disk-min-free-percent": {
    type: "string",
    default: "20",
    coerce: minFreePercent,
    describe:
      "No pull is started where less of the runtime's disk is free, in percent, or the Node is under DiskPressure; 0 for no guard",
  },
  "on-failure": {
    choices: ["retry", "continue", "exit"],
    default: "retry",
    describe: "After a round that failed: try again later, end with 0, or end with 1",
  },
  "retry-initial-delay": {
    type: "string",
    default: "1m",
    coerce: durationOf("retry-initial-delay"),
    describe: "The wait before the second round (a duration); it doubles with each further one",
  },
  "retry-max-delay": {
    type: "string",
    default: "30m",
    coerce: durationOf("retry-max-delay"),
    describe: "The longest wait between rounds (a duration)",
  },
  "label-timeout": {
    type: "string",
    default: "2m",
    coerce: durationOf("label-timeout"),
    describe: "How long the writing of the verdict may take, all its tries together (a duration)",
  },
  "backoff-scale": {
    type: "string",
    default: "1",
    coerce: backoffScale,
    describe:
      "Multiplies the waits between attempts and between tries at the API server; for tests and trials, small numbers press on registries",
  },
  "cri-socket": {
    type: "string",
    default: "/run/containerd/containerd.sock",
    coerce: socketPath,
    describe: "The container runtime's Unix socket, an absolute path",
  },
  "runtime-timeout": {
    type: "string",
    default: "60s",
    coerce: durationOf("runtime-timeout"),
    describe: "How long to wait at the start for a usable runtime (a duration)",
  },
  "take-over": {
    type: "string",
    coerce: ownerNamed("take-over"),
    describe: "A former owner, <namespace>/<release>, whose label is taken over",
  },
  sample: {
    type: "boolean",
    default: false,
    describe: "Say in the annotation that the list is the chart's sample",
  },
  "termination-message-path": {
    type: "string",
    default: "/dev/termination-log",
    describe: "Where the summary is written at the end; empty for nowhere",
  },
} as const satisfies Record<string, Options>;

/**
 * The same options, but of a flag that is given twice the last counts, so that the chart's `extraArgs` can override what
 * it renders. yargs has a switch for this, which would make an array flag keep only its last value too.
 */
function lastWins(options: Readonly<Record<string, Options>>): Record<string, Options> {
  const single = (option: Options): Options => ({
    ...option,
    coerce: (value: unknown) => {
      const last = Array.isArray(value) ? value.at(-1) : value;
      return option.coerce === undefined ? last : option.coerce(last);
    },
  });
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, option.array === true ? option : single(option)]),
  );
}

/** The flags of `prefetcher prefetch`, without their dashes. */
export const prefetchFlags: readonly string[] = Object.keys(prefetchOptions);

function prefetchSettings(flags: Flags): PrefetchSettings {
  const text = (name: string) => flags[name] as string;
  const ms = (name: string) => flags[name] as number;
  return {
    instance: text("instance"),
    owner: text("owner"),
    takeOver: flags["take-over"] as string | undefined,
    nodeName: text("node-name"),
    sample: flags.sample === true,
    list: listFrom(flags),
    revision: flags.revision as string | undefined,
    pullPolicy: policyFrom(flags),
    concurrency: flags.concurrency as number,
    pullTimeoutMs: ms("pull-timeout"),
    attemptTimeoutMs: flags["attempt-timeout"] as number | undefined,
    pullSecretFolders: flags["pull-secret"] as string[],
    minFreePercent: flags["disk-min-free-percent"] as number,
    onFailure: flags["on-failure"] as PrefetchSettings["onFailure"],
    retryInitialDelayMs: ms("retry-initial-delay"),
    retryMaxDelayMs: ms("retry-max-delay"),
    labelTimeoutMs: ms("label-timeout"),
    backoffScale: flags["backoff-scale"] as number,
    criSocket: text("cri-socket"),
    runtimeTimeoutMs: ms("runtime-timeout"),
    terminationMessagePath: text("termination-message-path"),
  };
}

function listFrom(flags: Flags): ListSource {
  const path = flags["image-list-file"];
  if (typeof path === "string") return { kind: "file", path };
  return { kind: "arguments", lines: (flags.image ?? []) as string[] };
}

function policyFrom(flags: Flags): PrefetchSettings["pullPolicy"] {
  return flags["pull-policy"] as PrefetchSettings["pullPolicy"];
}

function listIsGiven(flags: Flags): true {
  if (flags.image === undefined && flags["image-list-file"] === undefined) {
    throw new Error("the list is empty: give at least one --image, or an --image-list-file");
  }
  if (flags.image !== undefined && flags["image-list-file"] !== undefined) {
    throw new Error("give --image or --image-list-file, not both");
  }
  return true;
}
