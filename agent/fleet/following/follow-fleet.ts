import { createBell } from "../../bell.ts";
import type { Clock } from "../../clock.ts";
import { sleep } from "../../deadline.ts";
import { KubeError } from "../../kube-error.ts";
import type { FleetApi } from "../fleet-api.ts";
import type { FleetScope, FleetState } from "../fleet-state.ts";
import { type FollowedFleet, startFollowing } from "./followed-fleet.ts";

// Faster than that nobody reads, and a fleet's changes come in swarms.
const leastPauseMs = 250;

// As long as a list is tried (kube/ask-again.ts).
const startPatienceMs = 30_000;

/**
 * All that a status is made of: first as soon as all is known, then after each change, at most every 250 ms. Until `signal` aborts, and then
 * it throws the signal's reason. Throws a KubeError where the login fails, where login or rights for Nodes or DaemonSets are refused for good,
 * and where something still keeps all from being known after half a minute, or when `signal` aborts before; what comes later stands in
 * `interruptions` until it is over.
 */
export async function* followFleet(
  api: FleetApi,
  scope: FleetScope,
  clock: Clock,
  signal: AbortSignal,
): AsyncIterable<FleetState> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const { run, news, changed, settled } = createNews(both);
  const fleet = startFollowing(scope, { api, clock, signal: both, changed, run });
  try {
    run(expectStart(fleet, clock, both));
    for (;;) {
      await news();
      const state = fleet.state();
      if (state === undefined) continue;
      yield state;
      await sleep(clock, leastPauseMs, both);
    }
  } catch (error) {
    if (signal.aborted) throwIfUnknown(fleet);
    throw error;
  } finally {
    ended.abort();
    await settled();
  }
}

async function expectStart(fleet: FollowedFleet, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(clock, startPatienceMs, signal);
    if (fleet.isKnown()) return;
    throwIfUnknown(fleet);
  }
}

/** Throws what keeps all from being known, if anything does. */
function throwIfUnknown(fleet: FollowedFleet): void {
  const [why] = fleet.isKnown() ? [] : fleet.interruptions();
  if (why !== undefined) throw new KubeError(why, undefined);
}

/** What goes on side by side, and tells whoever waits that there is news. */
function createNews(signal: AbortSignal) {
  const bell = createBell();
  const works = new Set<Promise<void>>();
  let isNew = false;
  let fault: { readonly error: unknown } | undefined;
  const changed = () => {
    isNew = true;
    bell.ring();
  };
  return {
    changed,
    /** Lets `work` go on; `news` throws what it throws. */
    run: (work: Promise<void>) => {
      const watched = work
        .catch((error: unknown) => {
          fault ??= { error };
          changed();
        })
        .finally(() => works.delete(watched));
      works.add(watched);
    },
    /** Resolves when something has changed since it last did. */
    news: async () => {
      if (!isNew) await bell.rung(signal);
      signal.throwIfAborted();
      isNew = false;
      if (fault !== undefined) throw fault.error;
    },
    /** Resolves when no work goes on any more. */
    settled: async () => {
      await Promise.all(works);
    },
  };
}
