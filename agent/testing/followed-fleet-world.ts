import assert from "node:assert/strict";
import { afterEach, beforeEach } from "node:test";
import type { FleetScope, FleetState } from "../fleet/fleet-state.ts";
import { followFleet } from "../fleet/following/follow-fleet.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createFakeFleetApi, type FakeFleetApi, fleetDaemonSetOf, fleetPodOf } from "./fake-fleet-api.ts";

/** All releases there are. */
export const everything: FleetScope = { namespace: undefined, release: undefined, instance: undefined };

/** A cluster that is followed: first with Node `n1`, and release `a` that has a pod there. */
export interface FollowedFleetWorld {
  readonly api: FakeFleetApi;
  readonly clock: FakeClock;
  readonly controller: AbortController;
  /** What was seen so far. */
  readonly states: readonly FleetState[];
  /** What the following threw in the end; pending until then. */
  ended(): Promise<unknown>;
  /** Follows from now on; resolves when what is there has been seen. */
  follow(scope?: FleetScope): Promise<void>;
  /** Has what a test has changed be heard of, and lets so much time pass that it is seen. */
  heard(): Promise<void>;
}

/** A world for each test of the suite that calls this; after the test nothing of it goes on. */
export function useFollowedFleetWorld(): () => FollowedFleetWorld {
  let world: FollowedFleetWorld;
  beforeEach(() => {
    world = createFollowedFleetWorld();
  });
  afterEach(async () => {
    const { api, clock, controller, ended } = world;
    controller.abort(new Error("told to end"));
    await ended();
    for (const method of ["followNodes", "followAgentDaemonSets", "followPods"] as const)
      assert.equal(api.followerCount(method), 0, method);
    assert.equal(clock.pendingCount(), 0);
  });
  return () => world;
}

function createFollowedFleetWorld(): FollowedFleetWorld {
  const api = createFakeFleetApi();
  const clock = createFakeClock();
  const controller = new AbortController();
  const states: FleetState[] = [];
  let ended: Promise<unknown> = Promise.resolve();
  api.addNode("n1");
  api.daemonSetsThere.push(fleetDaemonSetOf("a"));
  api.podsThere.push(fleetPodOf("a", "n1"));
  const seen = async (scope: FleetScope) => {
    for await (const state of followFleet(api, scope, clock, controller.signal)) states.push(state);
  };
  return {
    api,
    clock,
    controller,
    states,
    ended: () => ended,
    follow: async (scope = everything) => {
      ended = seen(scope).catch((error: unknown) => error);
      await clock.advance(0);
    },
    heard: async () => {
      api.changed();
      await clock.advance(250);
    },
  };
}

/** Each release's name, and the nodes of its pods. */
export function namesIn(state: FleetState | undefined): readonly (readonly string[])[] | undefined {
  return state?.releases.map(({ daemonSet, pods }) => [daemonSet.name, pods.map(({ node }) => node).join()]);
}
