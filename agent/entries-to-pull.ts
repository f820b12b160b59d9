import { appliesTo, type Entry } from "./image-list.ts";
import type { Look } from "./look.ts";
import type { RoundContext } from "./round-context.ts";

/** What of a list is to be asked of registries. */
export interface EntriesToPull {
  /** One entry for each different image that has to be asked of its registry, and that a required entry names. */
  readonly required: readonly Entry[];
  /** The same for images that only optional entries name. */
  readonly optional: readonly Entry[];
}

/** What is missing by that look, and under policy Always also what no registry has confirmed yet. */
export function entriesToPull(
  context: Pick<RoundContext, "entries" | "platform" | "pullPolicy" | "confirmed">,
  look: Look,
): EntriesToPull {
  const toPull = new Map<string, Entry>();
  for (const entry of context.entries) {
    if (entry.invalid !== undefined || !appliesTo(entry, context.platform)) continue;
    const isSettled = context.pullPolicy === "IfNotPresent" || context.confirmed.has(entry.imageKey);
    if (isSettled && isPresent(entry, look)) continue;
    const known = toPull.get(entry.imageKey);
    // What one line requires is required, also where another line calls it optional.
    if (known === undefined || (entry.isRequired && !known.isRequired)) toPull.set(entry.imageKey, entry);
  }
  const entries = [...toPull.values()];
  return {
    required: entries.filter(({ isRequired }) => isRequired),
    optional: entries.filter(({ isRequired }) => !isRequired),
  };
}

/** The required entries for this node that are not there by that look, invalid ones too: a label that says otherwise is untrue. */
export function missingRequired(
  { entries, platform }: Pick<RoundContext, "entries" | "platform">,
  look: Look,
): readonly Entry[] {
  return entries.filter((entry) => entry.isRequired && appliesTo(entry, platform) && !isPresent(entry, look));
}

function isPresent(entry: Entry, look: Look): boolean {
  return look.answerFor(entry).kind === "present";
}
