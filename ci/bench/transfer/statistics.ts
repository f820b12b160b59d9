/** Of some runs, what is in the middle, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Between which two figures something lies. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** How often such an interval has the true figure in it, from 0.5 to 1. */
  readonly confidence: number;
}

/** How many times one thing is another. */
export interface Ratio {
  /** The ratio of the medians. */
  readonly ratio: number;
  /** Undefined where there are too few runs for an interval that is more often right than wrong. */
  readonly interval: Interval | undefined;
}

/** Median, least and greatest. Throws a RangeError without values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) throw new RangeError("nothing was measured");
  const upper = sorted[Math.floor(sorted.length / 2)] ?? max;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? min;
  return { median: (lower + upper) / 2, min, max };
}

/**
 * How many times the one is the other, with the interval of the rank sum test (Mann and Whitney's, turned around): of all ratios of one run
 * to another so many are left off at each end as chance alone would put there. It assumes nothing about how times are spread, only that
 * they are spread alike in proportion. Where the runs are too few for the `wanted` confidence, it is the widest there is, and says its own.
 */
export function ratioOf(
  numerators: readonly number[],
  denominators: readonly number[],
  wanted = 0.95,
): Ratio {
  const ratios = numerators.flatMap((a) => denominators.map((b) => a / b)).sort((a, b) => a - b);
  const chances = rankSumChances(numerators.length, denominators.length);
  const leftOff = mostLeftOff(chances, (1 - wanted) / 2);
  const confidence = 1 - 2 * chanceOfAtMost(chances, leftOff);
  const low = ratios[leftOff];
  const high = ratios[ratios.length - 1 - leftOff];
  const ratio = spreadOf(numerators).median / spreadOf(denominators).median;
  if (confidence < 0.5 || low === undefined || high === undefined) return { ratio, interval: undefined };
  return { ratio, interval: { low, high, confidence } };
}

/** How many of the smallest ratios can be left off, so that chance puts the true one among them no more often than `tail`. */
function mostLeftOff(chances: readonly number[], tail: number): number {
  let leftOff = 0;
  while (chanceOfAtMost(chances, leftOff + 1) <= tail) leftOff += 1;
  return leftOff;
}

function chanceOfAtMost(chances: readonly number[], pairs: number): number {
  return chances.slice(0, pairs + 1).reduce((sum, chance) => sum + chance, 0);
}

/**
 * Of two samples from one and the same distribution: how likely it is that in 0, 1, 2... of all pairs the first sample's is the smaller. The
 * numbers of orders are the coefficients of a Gaussian binomial, which is a product of fractions of polynomials.
 */
export function rankSumChances(first: number, second: number): readonly number[] {
  const orders = new Array<number>(first * second + 1).fill(0);
  orders[0] = 1;
  const at = (index: number) => orders[index] ?? 0;
  for (let factor = 1; factor <= first; factor += 1) {
    const power = second + factor;
    for (let index = orders.length - 1; index >= power; index -= 1)
      orders[index] = at(index) - at(index - power);
    for (let index = factor; index < orders.length; index += 1)
      orders[index] = at(index) + at(index - factor);
  }
  const total = orders.reduce((sum, count) => sum + count, 0);
  return orders.map((count) => count / total);
}
