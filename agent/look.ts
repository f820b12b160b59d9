import type { Clock } from "./clock.ts";
import type { Entry } from "./image-list.ts";
import type { ImageService, StatusAnswer } from "./image-service.ts";
import { createPool } from "./pool.ts";

/** What the runtime's store held at one time. */
export interface Look {
  /** The runtime's answer for an entry; `absent` for an invalid reference, which no runtime is asked about. */
  answerFor(entry: Entry): StatusAnswer;
  /** When the first answer of the pass was asked for, on the clock's `nowMs`. */
  readonly startedAtMs: number;
}

// ImageStatus takes about a millisecond; this many at once keep a list of thousands from flooding the socket.
const concurrency = 8;

/** Asks the runtime for each different image of `entries` once (ImageStatus); no registry is asked. */
export async function lookAtImages(
  entries: readonly Entry[],
  imageService: ImageService,
  clock: Clock,
  signal: AbortSignal,
): Promise<Look> {
  const startedAtMs = clock.nowMs();
  const valid = entries.filter((entry) => entry.invalid === undefined);
  // Every spelling is asked for: a runtime may know an image by one name and not by the other.
  const references = [...new Set(valid.map((entry) => entry.imageReference))];
  const pool = createPool(concurrency);
  const answers = new Map(
    await Promise.all(
      references.map((reference) =>
        pool.run(async () => [reference, await imageService.imageStatus(reference, signal)] as const, signal),
      ),
    ),
  );
  return { startedAtMs, answerFor: (entry) => answers.get(entry.imageReference) ?? { kind: "absent" } };
}
