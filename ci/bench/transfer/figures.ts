import { type Ratio, spreadOf } from "./statistics.ts";

/** `1.23 (1.20 to 1.31)`: the median with least and greatest; of one value it alone, and a dash of none. */
export function spreadText(values: readonly number[], digits: number): string {
  if (values.length === 0) return "-";
  const { median, min, max } = spreadOf(values);
  const text = median.toFixed(digits);
  return values.length === 1 ? text : `${text} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

/** The median alone, or a dash where one is missing. */
export function medianText(values: readonly (number | undefined)[], digits: number): string {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 || known.length < values.length ? "-" : spreadOf(known).median.toFixed(digits);
}

/** `1.23 (1.15 to 1.30 at 97 %)`. */
export function ratioText({ ratio, interval }: Ratio): string {
  if (interval === undefined) return `${ratio.toFixed(2)} (too few runs for an interval)`;
  const percent = Math.floor(100 * interval.confidence);
  return `${ratio.toFixed(2)} (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)} at ${percent} %)`;
}
