/** What a fleet asks of a registry. */
export interface PullsPlan {
  /** When each node begins to pull, in seconds, in any order. */
  readonly startsAt: readonly number[];
  readonly bytesPerNode: number;
  /** Bytes a second that one node can take. */
  readonly linkRate: number;
  /** Bytes a second that the registry can give to all nodes together; Infinity for a registry without a bound. */
  readonly egressRate: number;
}

/** What the registry and the nodes see. */
export interface Pulls {
  /** The bytes that leave the registry in each second, from 0 on. */
  readonly bytesBySecond: readonly number[];
  /** The most nodes that pull at once. */
  readonly mostAtOnce: number;
  /** When the last node has all of it, in seconds. */
  readonly lastDoneAt: number;
  /** How long the slowest node pulls, in seconds. */
  readonly slowestSeconds: number;
}

/**
 * Lets the nodes pull. The registry shares what it can give evenly among those that pull, and no node takes more than its link: all have the
 * same rate at any time, so that who began first has done first, and time need only be followed from one begin or end to the next.
 */
export function simulatePulls({ startsAt, bytesPerNode, linkRate, egressRate }: PullsPlan): Pulls {
  const starts = startsAt.toSorted((a, b) => a - b);
  const bytesBySecond: number[] = [];
  // What a node that has pulled from the beginning would have by now; who begins later is done that much later.
  let servedBytes = 0;
  const begunAt: number[] = [];
  let now = 0;
  let done = 0;
  let mostAtOnce = 0;
  let slowestSeconds = 0;
  while (done < starts.length) {
    const atOnce = begunAt.length - done;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const rate = atOnce === 0 ? 0 : Math.min(linkRate, egressRate / atOnce);
    const nextStart = starts[begunAt.length] ?? Number.POSITIVE_INFINITY;
    const leftBytes = (begunAt[done] ?? 0) + bytesPerNode - servedBytes;
    const nextEnd = atOnce === 0 ? Number.POSITIVE_INFINITY : now + leftBytes / rate;
    const next = Math.min(nextStart, nextEnd);
    spread(bytesBySecond, now, next, rate * atOnce);
    servedBytes = nextEnd <= nextStart ? servedBytes + leftBytes : servedBytes + (next - now) * rate;
    now = next;
    if (nextEnd <= nextStart) {
      slowestSeconds = Math.max(slowestSeconds, now - (starts[done] ?? now));
      done += 1;
    } else begunAt.push(servedBytes);
  }
  return { bytesBySecond, mostAtOnce, lastDoneAt: now, slowestSeconds };
}

/** Adds what flows from one time to another at that rate to the seconds in which it does. */
function spread(bytesBySecond: number[], from: number, to: number, rate: number): void {
  for (let at = from; at < to; ) {
    const second = Math.floor(at);
    const end = Math.min(second + 1, to);
    while (bytesBySecond.length <= second) bytesBySecond.push(0);
    bytesBySecond[second] = (bytesBySecond[second] ?? 0) + (end - at) * rate;
    at = end;
  }
}

/** The most bytes of any `seconds` in a row, as bytes a second. */
export function peakRate(bytesBySecond: readonly number[], seconds: number): number {
  const length = Math.max(1, Math.round(seconds));
  let sum = 0;
  let most = 0;
  for (const [index, bytes] of bytesBySecond.entries()) {
    sum += bytes - (bytesBySecond[index - length] ?? 0);
    most = Math.max(most, sum);
  }
  return most / length;
}
