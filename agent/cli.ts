import yargs, { type Argv, type Options } from "yargs";
import { cleanupIsWhole, cleanupOptions, cleanupSettings } from "./cleanup-flags.ts";
import { doctorOptions, doctorSettings } from "./doctor-flags.ts";
import { keepOptions, listOptions, prefetchOptions } from "./flags.ts";
import type {
  CleanupSettings,
  CredentialProviderPaths,
  DoctorSettings,
  KeepSettings,
  ListSource,
  PrefetchSettings,
  RevisionSettings,
  StatusSettings,
  VerifySettings,
} from "./settings.ts";
import { statusIsWhole, statusOptions, statusSettings } from "./status-flags.ts";
import { verifyOptions, verifySettings } from "./verify-flags.ts";

/** What a command line asks for. */
export type Command =
  | { readonly kind: "prefetch"; readonly settings: PrefetchSettings }
  /** With the flags of `prefetch`, after which it runs in the same pod. */
  | { readonly kind: "keep"; readonly settings: KeepSettings }
  | { readonly kind: "revision"; readonly settings: RevisionSettings }
  /** With the flags of `prefetch`, so that a pod's arguments can be taken with the first word replaced. */
  | { readonly kind: "inspect"; readonly settings: PrefetchSettings }
  | { readonly kind: "doctor"; readonly settings: DoctorSettings }
  | { readonly kind: "status"; readonly settings: StatusSettings }
  | { readonly kind: "verify"; readonly settings: VerifySettings }
  | { readonly kind: "cleanup"; readonly settings: CleanupSettings }
  /** `--help` or `--version`: the text for stdout. */
  | { readonly kind: "information"; readonly text: string }
  /** A sentence that says what is wrong and where help is. */
  | { readonly kind: "usage-error"; readonly message: string };

/** What the arguments after the program's name, `program` for its user, ask for. Pure: reads no file, prints nothing and ends nothing. */
export async function parseArguments(
  argv: readonly string[],
  version: string,
  program = "prefetcher",
): Promise<Command> {
  let command: Command | undefined;
  let problem: string | undefined;
  let text = "";
  const parser = yargs()
    .scriptName(program)
    .locale("en")
    // Without negation `--no-such-flag` is refused under its own name, not as `such-flag`.
    .parserConfiguration({ "camel-case-expansion": false, "boolean-negation": false })
    .usage("Pulls a list of images on this node and says on the Node, by one label, whether they are there.")
    .command("prefetch", "pull the list and label the Node", prefetchFlagsOf, (flags) => {
      command = { kind: "prefetch", settings: prefetchSettings(flags) };
    })
    .command(
      "keep",
      "look at the node again and again, pull what has vanished, and keep the label true",
      (builder) => prefetchFlagsOf(builder).options(lastWins({ interval: keepOptions.interval })),
      (flags) => {
        command = {
          kind: "keep",
          settings: { ...prefetchSettings(flags), intervalMs: flags.interval as unknown as number },
        };
      },
    )
    .command(
      "doctor",
      "ask one node, by a pod of its own, what would keep it from succeeding",
      (builder) => builder.options(lastWins(doctorOptions)),
      (flags) => {
        command = { kind: "doctor", settings: doctorSettings(flags) };
      },
    )
    .command(
      "status",
      "show the nodes of releases, or wait until they have their images",
      (builder) => builder.options(lastWins(statusOptions)).check(statusIsWhole),
      (flags) => {
        command = { kind: "status", settings: statusSettings(flags) };
      },
    )
    .command(
      "verify",
      "say whether every node of a release has its images; what helm test runs",
      (builder) => builder.options(lastWins(verifyOptions)),
      (flags) => {
        command = { kind: "verify", settings: verifySettings(flags) };
      },
    )
    .command(
      "cleanup",
      "remove what an uninstalled release, or one that has changed, left on the nodes",
      (builder) => builder.options(lastWins(cleanupOptions)).check(cleanupIsWhole),
      (flags) => {
        command = { kind: "cleanup", settings: cleanupSettings(flags) };
      },
    )
    .command(
      "inspect",
      "print what prefetch would find on this node, and change nothing; what doctor runs there",
      prefetchFlagsOf,
      (flags) => {
        command = { kind: "inspect", settings: prefetchSettings(flags) };
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
    .demandCommand(1, `say what to do: ${commands.slice(0, -1).join(", ")} or ${commands.at(-1)}`)
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
    return { kind: "usage-error", message: `${problem}. \`${program} ${helpFor(argv[0])}\` has the flags` };
  return command ?? { kind: "information", text };
}

const commands: readonly string[] = [
  "prefetch",
  "keep",
  "doctor",
  "status",
  "verify",
  "cleanup",
  "inspect",
  "revision",
];

/** The arguments that print the flags of the command that was meant. */
function helpFor(command = ""): string {
  return `${commands.includes(command) ? command : "prefetch"} --help`;
}

function prefetchFlagsOf(builder: Argv): Argv {
  return builder.options(lastWins(prefetchOptions)).check(listIsGiven).check(providersAreWhole);
}

// yargs hands over what its own types cannot follow through `options(table)`; each `xFrom` below says what it takes.
type Flags = Readonly<Record<string, unknown>>;

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

/** The flags of `prefetcher keep`. */
export const keepFlags: readonly string[] = Object.keys(keepOptions);

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
    credentialProviders: credentialProvidersFrom(flags),
    minFreePercent: flags["disk-min-free-percent"] as number,
    onFailure: flags["on-failure"] as PrefetchSettings["onFailure"],
    retryInitialDelayMs: ms("retry-initial-delay"),
    retryMaxDelayMs: ms("retry-max-delay"),
    staggerWindowMs: ms("stagger-window"),
    staggerNodeAgeMs: ms("stagger-node-age"),
    labelTimeoutMs: ms("label-timeout"),
    backoffScale: flags["backoff-scale"] as number,
    criSocket: text("cri-socket"),
    runtimeTimeoutMs: ms("runtime-timeout"),
    terminationMessagePath: text("termination-message-path"),
    sleeper: flags.sleeper as string | undefined,
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

function credentialProvidersFrom(flags: Flags): CredentialProviderPaths | undefined {
  const configFile = flags["credential-providers-config-file"];
  const binDir = flags["credential-providers-bin-dir"];
  return typeof configFile === "string" && typeof binDir === "string" ? { configFile, binDir } : undefined;
}

function providersAreWhole(flags: Flags): true {
  const names = ["credential-providers-config-file", "credential-providers-bin-dir"] as const;
  const given = names.filter((name) => flags[name] !== undefined);
  if (given.length === 1)
    throw new Error(`--${names[0]} and --${names[1]} need each other: give both or neither`);
  return true;
}
