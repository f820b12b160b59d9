import { missingRequired } from "./entries-to-pull.ts";
import { lookAtImages } from "./look.ts";
import { saysVerdict } from "./node-record.ts";
import type { RoundContext } from "./round-context.ts";

/**
 * Whether the next round begins now, which is otherwise due at `dueMs` (since 1970): at that time, or sooner where the Node does not say `failed`
 * as the last round left it, or where nothing that is required is missing any more. One read and one ImageStatus per image; an API server or a runtime that does not
 * answer is no reason to begin. Rejects with the signal's reason when `signal` aborts.
 */
export async function isRoundDue(
  context: RoundContext,
  dueMs: number,
  maxDelayMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const leftMs = dueMs - context.clock.date().getTime();
  // A time further off than any wait is of a clock that somebody has set since.
  if (leftMs <= 0 || leftMs > maxDelayMs) return true;
  const read = await context.nodeApi.read(signal);
  // The round finds out whose the Node is, or that it is gone, before it does anything.
  if (read.kind === "gone" || (read.kind === "node" && !saysVerdict("failed", context, read.marks)))
    return true;
  // Under Always an image that is there is none that was confirmed.
  if (context.pullPolicy === "Always") return false;
  return missingRequired(context, await lookAtImages(context, signal)).length === 0;
}
