import { sleep } from "./deadline.ts";
import type { NodeAnswer } from "./node-api.ts";
import type { RoundContext } from "./round-context.ts";

// What a busy API server drops or answers late comes with one of these, and so does what a busy node is too slow to
// take. Without any answer the round goes on: images are worth pulling while the API server is down.
const maxTries = 3;

const retryBounds = { initialDelayMs: 500, maxDelayMs: 1_000 };

// The most of a server's Retry-After that is waited for here.
const longestWaitMs = 5_000;

/**
 * The first answer of `request` that is the Node, or that it is gone; else the answer to the last of a few tries (three,
 * within some seconds and the requests' own limits). Rejects with the signal's reason when `signal` aborts.
 */
export async function patiently(
  context: Pick<RoundContext, "clock" | "backoff">,
  request: () => Promise<NodeAnswer>,
  signal: AbortSignal,
): Promise<NodeAnswer> {
  for (let tryNumber = 1; ; tryNumber += 1) {
    const answer = await request();
    if (answer.kind === "node" || answer.kind === "gone" || tryNumber === maxTries) return answer;
    const askedMs = answer.kind === "unavailable" ? (answer.retryAfterMs ?? 0) : 0;
    const ownDelayMs = context.backoff.delayBefore(tryNumber, retryBounds);
    await sleep(context.clock, Math.max(ownDelayMs, Math.min(askedMs, longestWaitMs)), signal);
  }
}
