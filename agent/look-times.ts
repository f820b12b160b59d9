import { createHash } from "node:crypto";

/** What a node's looks are spread by. */
export interface LookTimes {
  readonly nodeName: string;
  readonly instance: string;
  readonly intervalMs: number;
}

/**
 * Milliseconds from `nowMs` (since 1970) until the next look: more than 0, one interval at most. The looks of all nodes lie evenly over the
 * interval, by a hash of the node and the instance, so that they ask the API server one after the other, however they were started.
 */
export function msUntilNextLook({ nodeName, instance, intervalMs }: LookTimes, nowMs: number): number {
  const digest = createHash("sha256").update(`${nodeName}\n${instance}`).digest();
  const shiftMs = Math.floor((digest.readUInt32BE(0) / 2 ** 32) * intervalMs);
  const sinceLookMs = (nowMs - shiftMs) % intervalMs;
  return intervalMs - (sinceLookMs < 0 ? sinceLookMs + intervalMs : sinceLookMs);
}
