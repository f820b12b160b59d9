import type { Clock } from "./clock.ts";
import { appliesTo, type Entry } from "./image-list.ts";
import type { ImageService, StatusAnswer } from "./image-service.ts";
import { internalFailure } from "./internal-failure.ts";
import { createPool } from "./pool.ts";

/** What the runtime's store held at one time. */
export interface Look {
  /** The runtime's answer for an entry; `absent` for one that no runtime is asked about: invalid, or for other platforms. */
  answerFor(entry: Entry): StatusAnswer;
  /** When the first answer of the pass was asked for, on the clock's `nowMs`. */
  readonly startedAtMs: number;
}

/** What a look works with. */
export interface LookDependencies {
  readonly entries: readonly Entry[];
  /** This node's, `os/arch`. */
  readonly platform: string;
  readonly imageService: ImageService;
  readonly clock: Clock;
}

/** Whether the runtime did not say what is there: not that it is absent, and no fault of the agent's own. */
export function isSilent(answer: StatusAnswer): boolean {
  return answer.kind === "failed" && answer.failure.reason !== "internal";
}

// ImageStatus takes about a millisecond; this many at once keep a list of thousands from flooding the socket.
const concurrency = 8;

/** Asks the runtime for each different image once (ImageStatus); no registry is asked. */
export async function lookAtImages(
  { entries, platform, imageService, clock }: LookDependencies,
  signal: AbortSignal,
): Promise<Look> {
  const startedAtMs = clock.nowMs();
  const asked = entries.filter((entry) => entry.invalid === undefined && appliesTo(entry, platform));
  // Every spelling is asked for: a runtime may know an image by one name and not by the other.
  const references = [...new Set(asked.map((entry) => entry.imageReference))];
  const pool = createPool(concurrency);
  const statusOf = async (reference: string): Promise<StatusAnswer> => {
    try {
      return await imageService.imageStatus(reference, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { kind: "failed", failure: internalFailure(error) };
    }
  };
  const answers = new Map(
    await Promise.all(
      references.map((reference) =>
        pool.run(async () => [reference, await statusOf(reference)] as const, signal),
      ),
    ),
  );
  return { startedAtMs, answerFor: (entry) => answers.get(entry.imageReference) ?? { kind: "absent" } };
}
