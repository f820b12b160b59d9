import type { FrontRule, RegistryRequest } from "./registry-front.ts";

/** A front's rule that keeps chosen requests waiting. */
export interface Hold {
  readonly rule: FrontRule;
  /** The requests that were ever kept waiting, in their order. */
  readonly held: readonly RegistryRequest[];
  /** Passes on what waits, and everything that comes later. */
  release(): void;
}

/** Holds every request that `isHeld` names, until it is released. */
export function createHold(isHeld: (request: RegistryRequest) => boolean): Hold {
  const { promise, resolve } = Promise.withResolvers<void>();
  const held: RegistryRequest[] = [];
  let isReleased = false;
  return {
    held,
    rule: (request) => {
      if (isReleased || !isHeld(request)) return undefined;
      held.push(request);
      return promise;
    },
    release: () => {
      isReleased = true;
      resolve();
    },
  };
}
