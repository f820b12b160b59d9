/** That the process has nothing to do for a while, so that it need not be there: a sleeper waits in its place, and starts it anew. */
export interface Nap {
  readonly kind: "nap";
  readonly delayMs: number;
  /** What the process that is started then has to know, as text. */
  readonly state: string;
}

/** The shortest wait that is worth it between two looks, in milliseconds: a start of Node.js takes about a quarter of a second of processor time. */
export const shortestNapBetweenLooksMs = 5_000;

// What a start costs, a quarter of a second of processor time, is more than a process that idles for less.
const shortestNapMs = 60_000;

/** Whether a wait is worth ending the process for, where there is a `sleeper` that starts it again: by default one of more than a minute. */
export function isWorthNap(sleeper: string | undefined, delayMs: number, leastMs = shortestNapMs): boolean {
  return sleeper !== undefined && delayMs > leastMs;
}
