import { delayBefore } from "./backoff.ts";
import { sleep } from "./deadline.ts";
import type { NodeAnswer } from "./node-api.ts";
import type { RoundContext } from "./round-context.ts";

// What a busy API server drops or answers late comes with one of these. Without any answer the round goes on:
// images are worth pulling while the API server is down, but nothing should be pulled under another owner's label.
const maxTries = 3;
const retryBounds = { initialDelayMs: 500, maxDelayMs: 1_000 };

/** What stands on the Node, or the last failure of three tries. Rejects with the signal's reason when `signal` aborts. */
export async function readNode(context: RoundContext, signal: AbortSignal): Promise<NodeAnswer> {
  for (let tryNumber = 1; ; tryNumber += 1) {
    const answer = await context.nodeApi.read(signal);
    if (answer.kind === "node" || answer.kind === "gone" || tryNumber === maxTries) return answer;
    await sleep(context.clock, delayBefore(tryNumber, retryBounds, context.random), signal);
  }
}
