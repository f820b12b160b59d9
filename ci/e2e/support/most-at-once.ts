/** Something that began and, unless it is still under way, ended; milliseconds of one clock. */
export interface Span {
  readonly atMs: number;
  /** Undefined while it is under way. */
  readonly endedAtMs: number | undefined;
}

/** How many of the spans were under way at the same moment, at most. One that begins as another ends is alone. */
export function mostAtOnce(spans: readonly Span[]): number {
  const changes = spans.flatMap(({ atMs, endedAtMs = Number.POSITIVE_INFINITY }) => [
    { atMs: atMs, by: 1 },
    { atMs: endedAtMs, by: -1 },
  ]);
  let now = 0;
  let most = 0;
  for (const { by } of changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
