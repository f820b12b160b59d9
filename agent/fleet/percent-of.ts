/** How many percent of `whole` these are, rounded down, so that 100 means all of them; 0 where there are none. */
export function percentOf(part: number, whole: number): number {
  // Not `part / whole` first: that of 29 and 100 is a little less than it is, and 28 the percentage.
  return whole === 0 ? 0 : Math.floor((part * 100) / whole);
}
