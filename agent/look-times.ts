import { type NodeAndInstance, shareOf } from "./share-of.ts";

/** What a node's looks are spread by. */
export interface LookTimes extends NodeAndInstance {
  readonly intervalMs: number;
}

/**
 * Milliseconds from `nowMs` (since 1970) until the next look: more than 0, one interval at most. The looks of all nodes lie evenly over the
 * interval, by a hash of the node and the instance, so that they ask the API server one after the other, however they were started.
 */
export function msUntilNextLook(times: LookTimes, nowMs: number): number {
  const { intervalMs } = times;
  const shiftMs = Math.floor(shareOf(times) * intervalMs);
  const sinceLookMs = (nowMs - shiftMs) % intervalMs;
  return intervalMs - (sinceLookMs < 0 ? sinceLookMs + intervalMs : sinceLookMs);
}
