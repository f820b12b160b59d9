/** A measured point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The smallest of the values that `percent` of them do not exceed (nearest rank); NaN for no values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Where the line through the two points of the largest x comes to at `x`; throws for fewer than two. */
export function extrapolated(points: readonly Point[], x: number): number {
  const [last, former] = points.toSorted((a, b) => b.x - a.x);
  if (last === undefined || former === undefined || last.x === former.x)
    throw new Error("a line needs two points");
  return last.y + ((last.y - former.y) / (last.x - former.x)) * (x - last.x);
}

/** The most times that fall within one second, whenever that second begins; milliseconds in any order. */
export function peakPerSecond(timesMs: readonly number[]): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  let first = 0;
  let peak = 0;
  sorted.forEach((timeMs, index) => {
    while (timeMs - (sorted[first] ?? timeMs) >= 1_000) first += 1;
    peak = Math.max(peak, index - first + 1);
  });
  return peak;
}

/** `20 kB` for 19,561. */
export function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
