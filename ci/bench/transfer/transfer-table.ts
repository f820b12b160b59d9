import type { SectionTable } from "../section.ts";
import { medianText, ratioText, spreadText } from "./figures.ts";
import { type Ratio, ratioOf } from "./statistics.ts";
import type { Bounds, TransferRun, TransferScenario } from "./transfer-types.ts";

/** A scenario, what it is bound by, and its runs. */
export interface ScenarioResult {
  readonly scenario: Pick<TransferScenario, "name" | "about" | "rateMbit" | "delayMs" | "contenders">;
  readonly imageCount: number;
  /** How many different blobs the images have, their configurations among them. */
  readonly blobCount: number;
  readonly uniqueBytes: number;
  readonly bounds: Bounds;
  readonly runs: readonly TransferRun[];
  /** Of a quick scenario that was run once more: what it came to before, which no bar goes by. */
  readonly firstTry?: ScenarioResult;
}

const head = [
  "contender",
  "runs",
  "time over B",
  "agent's time over its",
  "pulling alone, over B",
  "agent's over its, pulling alone",
  "an image there, over B",
  "body bytes over unique",
  "bytes on the link",
  "requests",
  "PullImage calls",
  "CPU s",
  "peak MiB",
] as const;

/** The runs of one contender, in their order. */
export function runsOf(result: Pick<ScenarioResult, "runs">, contender: string): readonly TransferRun[] {
  return result.runs.filter((run) => run.contender === contender);
}

/** The scenario's table: a row for each contender that has run, its figures medians over its runs. */
export function transferTable(result: ScenarioResult): SectionTable {
  const ran = result.scenario.contenders.filter((contender) => runsOf(result, contender).length > 0);
  return { title: titleOf(result), rows: [head, ...ran.map((contender) => rowOf(result, contender))] };
}

function titleOf(result: ScenarioResult): string {
  const { scenario, imageCount, uniqueBytes, bounds } = result;
  const seconds = ({ link, unpack, chain, bound }: Bounds) =>
    `L ${link.toFixed(2)} s, U ${unpack.toFixed(2)} s, longest chain ${chain.toFixed(2)} s: B ${bound.toFixed(2)} s`;
  const link = scenario.rateMbit === undefined ? "not shaped" : `shaped to ${scenario.rateMbit} Mbit/s`;
  const rate = `${bounds.measuredMbit.toFixed(0)} Mbit/s measured (${link})`;
  const size = `${imageCount} images, ${(uniqueBytes / 1e6).toFixed(1)} MB`;
  const delay = scenario.delayMs === 0 ? "" : `, ${scenario.delayMs} ms a request`;
  return `${scenario.name} · ${size}, ${rate}${delay} · ${seconds(bounds)}${belowBound(result)}`;
}

/** Who has been faster than what bounds the scenario, which it then does not. */
function belowBound({ runs, bounds }: ScenarioResult): string {
  const faster = new Set(
    runs.filter(({ seconds }) => seconds < bounds.bound).map(({ contender }) => contender),
  );
  if (faster.size === 0) return "";
  return `, and no bound here: runs of ${[...faster].join(", ")} were faster`;
}

function rowOf(result: ScenarioResult, contender: string): readonly string[] {
  const runs = runsOf(result, contender);
  const { bound } = result.bounds;
  const median = (figureOf: (run: TransferRun) => number | undefined, digits: number) =>
    medianText(runs.map(figureOf), digits);
  const overBound = runs.map(({ seconds }) => seconds / bound);
  return [
    contender,
    String(runs.length),
    spreadText(overBound, 2),
    comparisonText(result, contender, secondsOf),
    medianText(
      runs.map(({ pullingSeconds: seconds }) => (seconds === undefined ? undefined : seconds / bound)),
      2,
    ),
    comparisonText(result, contender, pullingSecondsOf),
    median(({ meanSeconds }) => meanSeconds / bound, 2),
    median(({ bytesRatio }) => bytesRatio, 3),
    median(({ linkRatio }) => linkRatio, 3),
    median(({ requests }) => requests, 0),
    median(({ pullImageCalls }) => pullImageCalls, 0),
    median(({ cpuSeconds }) => cpuSeconds, 2),
    median(({ peakRssMiB }) => peakRssMiB, 0),
  ];
}

type TimeOf = (run: TransferRun) => number | undefined;

const secondsOf: TimeOf = ({ seconds }) => seconds;
const pullingSecondsOf: TimeOf = ({ pullingSeconds }) => pullingSeconds;

function comparisonText(result: Pick<ScenarioResult, "runs">, contender: string, timeOf: TimeOf): string {
  if (contender === "agent") return "";
  const ratio = timeRatio(result, "agent", contender, timeOf);
  return ratio === undefined ? "" : ratioText(ratio);
}

/**
 * How many times as long the one contender takes as the other in the rounds in which both have run: another round may have met another
 * machine. Undefined where there is no such round.
 */
export function timeRatio(
  result: Pick<ScenarioResult, "runs">,
  contender: string,
  other: string,
  timeOf: TimeOf = secondsOf,
): Ratio | undefined {
  const timed = (name: string) =>
    runsOf(result, name).flatMap((run) => {
      const time = timeOf(run);
      return time === undefined ? [] : [{ round: run.round, time }];
    });
  const [ours, theirs] = [timed(contender), timed(other)];
  const alsoIn = (runs: typeof ours) => {
    const rounds = new Set(runs.map(({ round }) => round));
    return ({ round }: { readonly round: number }) => rounds.has(round);
  };
  const [oursShared, theirsShared] = [ours.filter(alsoIn(theirs)), theirs.filter(alsoIn(ours))];
  if (oursShared.length === 0) return undefined;
  const timesOf = (runs: typeof ours) => runs.map(({ time }) => time);
  return ratioOf(timesOf(oursShared), timesOf(theirsShared));
}
