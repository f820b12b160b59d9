import type { FailureReason } from "./failure.ts";
import { appliesTo, type Entry } from "./image-list.ts";
import { isSilent, type Look } from "./look.ts";

/** What a look did not hear. */
export interface Silence {
  /** The `imageKey`s of the images of which the runtime did not say whether they are there. */
  readonly silent: ReadonlySet<string>;
  /** What it said instead, of the first of them; empty where there is none. */
  readonly message: string;
  /** Whether there was no runtime to speak of: it answered for no image at all, and not because of what the images are. */
  readonly isTotal: boolean;
}

// What a call comes to where nobody answers. In other words a runtime has spoken, and of the image: of a list of one image, too.
const unanswered: ReadonlySet<FailureReason> = new Set(["runtime_down", "unavailable", "timed_out"]);

/** What the runtime did not say in that look at the list. */
export function silenceIn(
  { entries, platform }: { readonly entries: readonly Entry[]; readonly platform: string },
  look: Look,
): Silence {
  const asked = entries.filter((entry) => entry.invalid === undefined && appliesTo(entry, platform));
  const silent = asked.filter((entry) => isSilent(look.answerFor(entry)));
  const failures = silent.map((entry) => look.answerFor(entry)).filter((answer) => answer.kind === "failed");
  return {
    silent: new Set(silent.map(({ imageKey }) => imageKey)),
    message: failures[0]?.failure.message ?? "",
    isTotal:
      asked.length > 0 &&
      silent.length === asked.length &&
      failures.some(({ failure }) => unanswered.has(failure.reason)),
  };
}
