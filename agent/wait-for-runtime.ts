import type { Clock } from "./clock.ts";
import { createDeadline, DeadlinePassed, sleep } from "./deadline.ts";
import type { Failure } from "./failure.ts";
import type { ImageService, RuntimeVersion } from "./image-service.ts";

export type RuntimeAnswer =
  | { readonly kind: "ready"; readonly version: RuntimeVersion }
  | { readonly kind: "unusable"; readonly failure: Failure };

// How often to look while the runtime is not there yet, as it is at a node's boot.
const pollDelayMs = 500;

/**
 * The runtime's version as soon as it answers as CRI v1, or the last failure once `timeoutMs` have passed.
 * Rejects with the signal's reason when `signal` aborts.
 */
export async function waitForRuntime(
  imageService: ImageService,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<RuntimeAnswer> {
  using deadline = createDeadline(clock, timeoutMs, signal);
  let failure: Failure = { reason: "runtime_down", message: "the runtime did not answer" };
  try {
    for (;;) {
      const answer = await imageService.version(deadline.signal);
      if (answer.kind === "version") return { kind: "ready", version: answer.version };
      failure = answer.failure;
      await sleep(clock, pollDelayMs, deadline.signal);
    }
  } catch (error) {
    if (error instanceof DeadlinePassed) return { kind: "unusable", failure };
    throw error;
  }
}
