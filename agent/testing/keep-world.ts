import { keepLook } from "../keep-look.ts";
import type { KeepContext, KeepLook } from "../keep-look-result.ts";
import { firstKeepState, type KeepState } from "../keep-state.ts";
import { createRoundWorld, mark, type RoundWorld } from "./round-world.ts";

/** The world's looks are so far apart. */
export const intervalMs = 600_000;

/** A node that is looked at again and again. */
export interface KeepWorld extends RoundWorld, Pick<KeepContext, "intervalMs" | "retry" | "random"> {
  /** What the looks have come to know. */
  readonly state: () => KeepState;
  /** One look, letting time pass until it has ended; the next one goes on from its state. */
  look(): Promise<KeepLook>;
  /** One look without letting time pass, which a test does; the state stays as it was. `signal` ends it. */
  begin(signal?: AbortSignal): Promise<KeepLook>;
  /** As `look`, after one interval. */
  lookLater(): Promise<KeepLook>;
  /** Removes images from the store, as a garbage collection would. */
  vanish(...imageReferences: readonly string[]): void;
  /** How many PullImage calls there have been. */
  pullCount(): number;
}

/** A world in which the list in `lines` is all there and the Node says `succeeded`, before the first look. */
export function createKeepWorld(
  lines: readonly string[],
  settings: Partial<KeepContext> = {},
  before: KeepState = firstKeepState,
): KeepWorld {
  const retry = { initialDelayMs: 60_000, maxDelayMs: 1_800_000 };
  const world = {
    ...createRoundWorld(lines, settings),
    intervalMs,
    retry: settings.retry ?? retry,
    random: () => 0,
  };
  for (const { imageReference } of world.entries) world.imageService.store.add(imageReference);
  mark(world, { verdict: "succeeded" });
  let state = before;
  const never = new AbortController().signal;
  // A process of its own for each look, as with a sleeper.
  const begin = (signal = never) => keepLook({ ...world, confirmed: new Set<string>() }, state, signal);
  const look = async () => {
    const result = await world.clock.finish(begin());
    ({ state } = result);
    return result;
  };
  return {
    ...world,
    begin,
    state: () => state,
    look,
    lookLater: async () => {
      await world.clock.advance(intervalMs);
      return look();
    },
    vanish: (...imageReferences) => {
      for (const reference of imageReferences) world.imageService.store.delete(reference);
    },
    pullCount: () => world.imageService.referencesOf("pullImage").length,
  };
}
