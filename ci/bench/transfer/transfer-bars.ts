import { type Bar, quickMargin } from "../section.ts";
import { medianText, ratioText } from "./figures.ts";
import { type Ratio, spreadOf } from "./statistics.ts";
import { runsOf, type ScenarioResult, timeRatio } from "./transfer-table.ts";

// A rival that is faster by less is as fast for whoever runs it, and within what one machine tells apart.
const rivalMargin = 1.05;

const latencyBar = 2.2;
const latencyGoal = 2.5;

// What a manifest and a resolved tag weigh beside an image's blobs.
const slowLinkBytes = 1.01;

// A manifest of two layers is a hundredth of an image of 100 kB.
const usualBytes = 1.03;

/** The bars of one scenario. Of the full bench those that are counts are gates, of the quick one all. */
export function transferBars(result: ScenarioResult, isQuick: boolean): readonly Bar[] {
  if (runsOf(result, "agent").length === 0) return [];
  return [...countBars(result), ...ratioBars(result, isQuick)];
}

/** Whether a scenario of the quick bench misses nothing but gates of time, which a machine that was busy for a while makes it do as well. */
export function isWorthAnotherTry(result: ScenarioResult): boolean {
  const isMissed = ({ isReached }: Bar) => !isReached;
  return !countBars(result).some(isMissed) && ratioBars(result, true).some(isMissed);
}

function ratioBars(result: ScenarioResult, isQuick: boolean): readonly Bar[] {
  const isLatency = result.scenario.name === "latency-bound";
  return [...rivalBars(result, isQuick), ...(isLatency ? latencyBars(result, isQuick) : [])];
}

/** How the orders of starting did against the list's own, a sentence for each. */
export function orderNotes(result: ScenarioResult): readonly string[] {
  return ["interleaved", "large first"].flatMap((order) => {
    const ratio = timeRatio(result, order, "agent");
    if (ratio === undefined) return [];
    return `${result.scenario.name}: ${order} took ${ratioText(ratio)} times as long as the order of the list`;
  });
}

function countBars(result: ScenarioResult): readonly Bar[] {
  const { scenario, imageCount, blobCount } = result;
  const runs = runsOf(result, "agent");
  const calls = runs.map(({ pullImageCalls }) => pullImageCalls);
  const bytes = spreadOf(runs.map(({ bytesRatio }) => bytesRatio));
  const bytesBar = scenario.name === "slow-link" ? slowLinkBytes : usualBytes;
  const requests = spreadOf(runs.map((run) => run.requests));
  // A tag is resolved and its manifest read, then each blob is read once.
  const requestsBar = 2 * imageCount + blobCount;
  return [
    {
      what: `${scenario.name}: PullImage calls of the agent`,
      bar: `${imageCount}, one an image`,
      seen: [...new Set(calls)].join(", "),
      isReached: calls.every((count) => count === imageCount),
      isGate: true,
    },
    {
      what: `${scenario.name}: requests of the registry for the agent`,
      bar: `${requestsBar} at most: two an image and one a blob`,
      seen: String(requests.max),
      isReached: requests.max <= requestsBar,
      isGate: true,
    },
    {
      what: `${scenario.name}: body bytes over unique bytes for the agent`,
      bar: `${bytesBar} at most`,
      seen: `${bytes.max.toFixed(3)}${besideReference(result)}`,
      isReached: bytes.max <= bytesBar,
      isGate: true,
    },
  ];
}

function besideReference(result: ScenarioResult): string {
  const runs = runsOf(result, "reference-like");
  const bytes = medianText(
    runs.map(({ bytesRatio }) => bytesRatio),
    3,
  );
  // Of a pull that was broken off the one counts what still lay in the kernel, the other headers as well.
  const onLink = medianText(
    runs.map(({ linkRatio }) => linkRatio),
    3,
  );
  return runs.length === 0 ? "" : ` (reference-like ${bytes}, on the link ${onLink})`;
}

function rivalBars(result: ScenarioResult, isQuick: boolean): readonly Bar[] {
  const rivals = result.scenario.contenders
    .filter((name) => name !== "agent")
    .flatMap((name) => {
      const ratio = timeRatio(result, "agent", name);
      return ratio === undefined ? [] : [{ name, ...ratio }];
    });
  const [fastest] = rivals.toSorted((a, b) => leastOf(b) - leastOf(a) || b.ratio - a.ratio);
  if (fastest === undefined) return [];
  const most = isQuick ? rivalMargin * quickMargin : rivalMargin;
  return [
    {
      what: `${result.scenario.name}: no contender is faster than the agent`,
      bar: `the agent takes ${inFigures(most)} times as long at most (lower end of the interval)`,
      seen: `${ratioText(fastest)} times as long as ${fastest.name}`,
      isReached: leastOf(fastest) <= most,
      isGate: isQuick,
    },
  ];
}

/** What the ratio is at least; 0 where nobody can say. */
function leastOf({ interval }: Ratio): number {
  return interval?.low ?? 0;
}

function latencyBars(result: ScenarioResult, isQuick: boolean): readonly Bar[] {
  const won = timeRatio(result, "pool 1", "agent");
  if (won === undefined) return [];
  // Of few runs one that was slow would miss it: the gate is missed where even the interval's upper end is below it.
  const most = isQuick ? (won.interval?.high ?? won.ratio) : won.ratio;
  const bar = (least: number, word: string): Bar => ({
    what: "latency-bound: as fast as one by one",
    bar: `${word}${inFigures(least)} times${isQuick ? " (upper end of the interval)" : ""}`,
    seen: `${ratioText(won)} times`,
    isReached: most >= least,
    isGate: isQuick,
  });
  if (isQuick) return [bar(latencyBar / quickMargin, "")];
  return [bar(latencyBar, ""), bar(latencyGoal, "goal: ")];
}

function inFigures(ratio: number): string {
  return String(Number(ratio.toFixed(3)));
}
