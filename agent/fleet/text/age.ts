const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/**
 * How long ago `time` was, in one or two units, as kubectl's column AGE has it: `90s`, `3m20s`, `45m`, `5h10m`, `30h`, `2d4h`, `40d`,
 * `2y30d`. A time that has not come yet, by a clock that goes ahead of this one, was `0s` ago.
 */
export function ageOf(time: string, now: Date): string {
  const ageMs = Math.max(0, now.getTime() - Date.parse(time));
  if (ageMs < 2 * minute) return wholeOf(ageMs, second, "s");
  if (ageMs < 10 * minute) return wholeOf(ageMs, minute, "m") + restOf(ageMs % minute, second, "s");
  if (ageMs < 3 * hour) return wholeOf(ageMs, minute, "m");
  if (ageMs < 8 * hour) return wholeOf(ageMs, hour, "h") + restOf(ageMs % hour, minute, "m");
  if (ageMs < 2 * day) return wholeOf(ageMs, hour, "h");
  if (ageMs < 8 * day) return wholeOf(ageMs, day, "d") + restOf(ageMs % day, hour, "h");
  if (ageMs < 2 * year) return wholeOf(ageMs, day, "d");
  if (ageMs < 8 * year) return wholeOf(ageMs, year, "y") + restOf(ageMs % year, day, "d");
  return wholeOf(ageMs, year, "y");
}

function wholeOf(ms: number, unitMs: number, unit: string): string {
  return `${Math.floor(ms / unitMs)}${unit}`;
}

/** The smaller unit, which is left out where there is none of it. */
function restOf(ms: number, unitMs: number, unit: string): string {
  return ms < unitMs ? "" : wholeOf(ms, unitMs, unit);
}
