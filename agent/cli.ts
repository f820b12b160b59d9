import yargs, { type Argv, type Options } from "yargs";
import { cleanupIsWhole, cleanupOptions, cleanupSettings } from "./cleanup-flags.ts";
import { doctorOptions, doctorSettings } from "./doctor-flags.ts";
import { keepOptions, listOptions, prefetchOptions } from "./flags.ts";
import type {
  CleanupSettings,
  DoctorSettings,
  KeepSettings,
  PrefetchSettings,
  RevisionSettings,
  StatusSettings,
  VerifySettings,
} from "./settings.ts";
import {
  keepSettings,
  listFrom,
  listIsGiven,
  policyFrom,
  prefetchSettings,
  providersAreWhole,
} from "./settings-from-flags.ts";
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
  const atWork = await commandAtWork(argv);
  if (atWork !== undefined) return atWork;
  let command: Command | undefined;
  let problem: string | undefined;
  let text = "";
  const parser = yargs()
    .scriptName(program)
    .locale("en")
    .parserConfiguration(parserConfiguration)
    .usage("Pulls a list of images on this node and says on the Node, by one label, whether they are there.")
    .command("prefetch", "pull the list and label the Node", prefetchFlagsOf, (flags) => {
      command = { kind: "prefetch", settings: prefetchSettings(flags) };
    })
    .command(
      "keep",
      "look at the node again and again, pull what has vanished, and keep the label true",
      keepFlagsOf,
      (flags) => {
        command = { kind: "keep", settings: keepSettings(flags) };
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

// Without negation `--no-such-flag` is refused under its own name, not as `such-flag`.
const parserConfiguration = { "camel-case-expansion": false, "boolean-negation": false } as const;

/**
 * What the arguments of a node's agent ask for, where nothing is wrong with them; undefined for all else, which the whole parser has words for. Before
 * a command of its own runs yargs lays out the whole text of its help: a tenth of what a start takes.
 */
async function commandAtWork([name, ...flags]: readonly string[]): Promise<Command | undefined> {
  if (name !== "prefetch" && name !== "keep") return undefined;
  let isRight = true;
  const parser = yargs().parserConfiguration(parserConfiguration).version(false).help(false).strict();
  const builder = name === "prefetch" ? prefetchFlagsOf(parser) : keepFlagsOf(parser);
  const parsed = await builder
    .exitProcess(false)
    .fail(() => {
      isRight = false;
    })
    .parseAsync(flags);
  if (!isRight) return undefined;
  return name === "prefetch"
    ? { kind: name, settings: prefetchSettings(parsed) }
    : { kind: name, settings: keepSettings(parsed) };
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

function keepFlagsOf(builder: Argv): Argv {
  return prefetchFlagsOf(builder).options(lastWins({ interval: keepOptions.interval }));
}

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
