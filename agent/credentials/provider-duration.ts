const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

// Go counts nanoseconds in 63 bits.
const maxMs = 2 ** 63 / 1e6;

const part = String.raw`(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)`;
const durationPattern = new RegExp(`^[-+]?(?:0|(?:${part})+)$`);

/**
 * Milliseconds in a duration as Go prints it, with fractions and a sign: `12h0m0s`, `1m2.5s`, `-1s`, `0`. Plugins written in Go
 * print theirs, so this takes more than a flag may say. Undefined for anything else, and for what Go could not hold.
 */
export function msFromGoDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit = ""] of text.matchAll(new RegExp(part, "g"))) {
    sum += Number(count) * (unitMs[unit] ?? Number.NaN);
  }
  if (sum > maxMs) return undefined;
  return text.startsWith("-") ? -sum : sum;
}
