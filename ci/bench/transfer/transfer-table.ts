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
}

const head = [
  "contender",
  "runs",
  "time over B",
  "agent's time over its",
  "an image there, over B",
  "body bytes over unique",
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

function titleOf({ scenario, imageCount, uniqueBytes, bounds }: ScenarioResult): string {
  const seconds = ({ link, unpack, chain, bound }: Bounds) =>
    `L ${link.toFixed(2)} s, U ${unpack.toFixed(2)} s, longest chain ${chain.toFixed(2)} s: B ${bound.toFixed(2)} s`;
  const link = scenario.rateMbit === undefined ? "not shaped" : `shaped to ${scenario.rateMbit} Mbit/s`;
  const rate = `${bounds.measuredMbit.toFixed(0)} Mbit/s measured (${link})`;
  const size = `${imageCount} images, ${(uniqueBytes / 1e6).toFixed(1)} MB`;
  const delay = scenario.delayMs === 0 ? "" : `, ${scenario.delayMs} ms a request`;
  return `${scenario.name} · ${size}, ${rate}${delay} · ${seconds(bounds)}`;
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
    comparisonText(result, contender),
    median(({ meanSeconds }) => meanSeconds / bound, 2),
    median(({ bytesRatio }) => bytesRatio, 3),
    median(({ requests }) => requests, 0),
    median(({ pullImageCalls }) => pullImageCalls, 0),
    median(({ cpuSeconds }) => cpuSeconds, 2),
    median(({ peakRssMiB }) => peakRssMiB, 0),
  ];
}

function comparisonText(result: Pick<ScenarioResult, "runs">, contender: string): string {
  const isComparable = contender !== "agent" && runsOf(result, "agent").length > 0;
  return isComparable ? ratioText(timeRatio(result, "agent", contender)) : "";
}

/** How many times as long the one contender takes as the other. Throws a RangeError where one of them has no run. */
export function timeRatio(result: Pick<ScenarioResult, "runs">, contender: string, other: string): Ratio {
  const secondsOf = (name: string) => runsOf(result, name).map(({ seconds }) => seconds);
  return ratioOf(secondsOf(contender), secondsOf(other));
}
