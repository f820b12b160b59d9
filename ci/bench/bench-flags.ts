import yargs from "yargs";

/** What the command line asks for. */
export interface BenchFlags {
  readonly isQuick: boolean;
  readonly only: string | undefined;
  /** Undefined for each thing's own. */
  readonly repeats: number | undefined;
  readonly seed: number;
  /** Where the figures go; undefined for their usual place. */
  readonly json: string | undefined;
  /** Whether to say only what there is to measure. */
  readonly isList: boolean;
}

/** Reads the command line. Throws a sentence on what is wrong with it; `--help` prints what there is and ends the process. */
export async function benchFlagsFrom(args: readonly string[]): Promise<BenchFlags> {
  const flags = await parserFor(args).parseAsync();
  if (flags.repeats !== undefined && !isCount(flags.repeats, 1)) {
    throw new Error("--repeats takes a whole number from 1 on");
  }
  if (!isCount(flags.seed, 0)) throw new Error("--seed takes a whole number from 0 on");
  return {
    isQuick: flags.quick,
    only: flags.only,
    repeats: flags.repeats,
    seed: flags.seed,
    json: flags.json,
    isList: flags.list,
  };
}

function parserFor(args: readonly string[]) {
  return yargs(args)
    .scriptName("npm run bench --")
    .usage("Measures the agent: its pulls beside other ways to pull, its footprint, a fleet, the herd.")
    .option("quick", {
      type: "boolean",
      default: false,
      describe: "Five minutes: small, few runs, and bars with a margin of 1.5",
    })
    .option("only", {
      type: "string",
      requiresArg: true,
      describe: "An area, a part of one (AREA/PART), or a transfer scenario",
    })
    .option("repeats", {
      type: "number",
      requiresArg: true,
      describe: "How often each thing is measured, whatever it says itself",
    })
    .option("seed", {
      type: "number",
      requiresArg: true,
      default: 1,
      describe: "What the order of runs is drawn from",
    })
    .option("json", {
      type: "string",
      requiresArg: true,
      describe:
        "Where the figures go; by default bench-results/COMMIT.json, or COMMIT-quick.json and the like",
    })
    .option("list", { type: "boolean", default: false, describe: "Say what there is to measure, and end" })
    .parserConfiguration({ "duplicate-arguments-array": false })
    .strict()
    .version(false)
    .help()
    .fail((message, error) => {
      throw error ?? new Error(`${message} (--help explains)`);
    });
}

function isCount(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}
