import type { Backoff } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { type Gate, type PassAnswer, passThrough } from "./gate.ts";
import type { PullAnswer } from "./image-service.ts";
import type { Log } from "./log.ts";
import { createPool, type Pool } from "./pool.ts";
import { createRegistryGate } from "./registry-gate.ts";

/** Decides when an attempt may start: its registry's gate, the disk's gate, and a slot of the pool. */
export interface Admission {
  /**
   * What `turn` comes to once it is an image's turn at its registry; rejects as `turn` does. A turn holds no slot by itself:
   * what it does outside `inSlot` holds up images of this registry alone.
   */
  run(
    registry: string,
    turn: (inSlot: InSlot) => Promise<PassAnswer>,
    signal: AbortSignal,
  ): Promise<PassAnswer>;
}

/** What `attempt` comes to once the gates let it pass and a slot is free, or why nothing starts any more; rejects as `attempt` does. */
export type InSlot = (attempt: () => Promise<PullAnswer>) => Promise<PassAnswer>;

export interface AdmissionDependencies {
  readonly pool: Pool;
  /** How many slots the pool has. */
  readonly concurrency: number;
  readonly diskGate: Gate;
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly log: Log;
  readonly throttledRegistries: Set<string>;
}

/** The admission for one round. */
export function createAdmission(dependencies: AdmissionDependencies): Admission {
  const { pool, concurrency, diskGate } = dependencies;
  const registries = new Map<string, { readonly gate: Gate; readonly queue: Pool }>();
  const registryNamed = (name: string) => {
    let registry = registries.get(name);
    if (registry === undefined) {
      // Each registry has a queue of its own, so that a long list for one does not stand before the others at the pool, and
      // only the queue's head wakes when a gate opens.
      registry = { gate: createRegistryGate(name, dependencies), queue: createPool(concurrency) };
      registries.set(name, registry);
    }
    return registry;
  };
  return {
    run: (name, turn, signal) => {
      const { gate, queue } = registryNamed(name);
      const inSlot: InSlot = (attempt) => passThrough([gate, diskGate], pool, attempt, signal);
      return queue.run(() => turn(inSlot), signal);
    },
  };
}
