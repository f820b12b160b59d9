// Timers of Node.js take no more than this; a longer one would fire at once.
const maxMs = 2 ** 31 - 1;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds in a duration as Go and Kubernetes write them: `500ms`, `2s`, `60m`, `1h30m`. Undefined for anything
 * else, a bare number among it (of what?), and for more than 24 days.
 */
export function msFromDuration(text: string): number | undefined {
  if (!/^([0-9]+(ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+)(ms|s|m|h)/g)) {
    sum += Number(count) * (unitMs[unit ?? ""] ?? Number.NaN);
  }
  return sum <= maxMs ? sum : undefined;
}
