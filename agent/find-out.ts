import { type EntriesToPull, entriesToPull } from "./entries-to-pull.ts";
import { type Look, lookAtImages } from "./look.ts";
import type { NodeMarks } from "./node-api.ts";
import { patiently } from "./patiently.ts";
import type { RoundContext } from "./round-context.ts";
import { type RoundResult, reasonToStop } from "./round-result.ts";

/** What a round knows before it does anything. */
export interface Found extends EntriesToPull {
  readonly look: Look;
  /** What the Node said a moment ago; undefined where it did not answer. */
  readonly marks: NodeMarks | undefined;
}

/** Reads the Node, then looks at every image; or how the round ends where nothing may be done for the Node. */
export async function findOut(context: RoundContext, signal: AbortSignal): Promise<Found | RoundResult> {
  const before = await patiently(context, () => context.nodeApi.read(signal), signal);
  const stop = reasonToStop(before, context);
  if (stop !== undefined) return stop;
  if (before.kind === "refused" || before.kind === "unavailable")
    context.log.warn({ error: before.message }, "the Node could not be read yet");
  const look = await lookAtImages(context, signal);
  const marks = before.kind === "node" ? before.marks : undefined;
  return { look, marks, ...entriesToPull(context, look) };
}
