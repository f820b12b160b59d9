import assert from "node:assert/strict";
import { afterEach, beforeEach } from "node:test";
import type { Change, FleetApi, FleetNodeStatus } from "../fleet/fleet-api.ts";
import { createFleetApi } from "../kube/create-fleet-api.ts";
import type { ApiServer, ApiStep } from "./api-server.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { answers } from "./fleet-answers.ts";
import { useApiServer } from "./use-api-server.ts";

/** Nodes that are followed over an API server which does as scripted. */
export interface FollowWorld {
  readonly server: ApiServer;
  readonly clock: FakeClock;
  readonly api: FleetApi;
  readonly controller: AbortController;
  readonly nodes: AsyncIterator<Change<FleetNodeStatus>>;
  /** What the next change says: its kind, and whom it is about, or why there is none. */
  next(): Promise<string>;
  /** The next change, where the pause before it, of `ms`, is let pass. */
  nextAfterPause(ms: number): Promise<string>;
  /** What was asked for so far: `list`, or `watch from` a version. */
  asked(): readonly string[];
  /** Gives these answers after a first list, which has been seen when it resolves. */
  listed(...steps: readonly ApiStep[]): Promise<void>;
}

/** A list of one Node, `a`, of version 10. */
export const nodeList = { metadata: { resourceVersion: "10" }, items: [{ metadata: { name: "a" } }] };

/** A Node as a watch has it. */
export function watchedNode(name: string, resourceVersion: string): object {
  return { kind: "Node", metadata: { name, resourceVersion } };
}

/** A world for each test of the suite that calls this; jitter is always the least, which halves all pauses. */
export function useFollowWorld(): () => FollowWorld {
  const server = useApiServer();
  let world: FollowWorld;
  beforeEach(() => {
    world = createFollowWorld(server());
    server().requests.splice(0);
  });
  afterEach(async () => {
    world.controller.abort(new Error("told to end"));
    await world.nodes.return?.().catch(() => {});
    assert.equal(world.clock.pendingCount(), 0);
  });
  return () => world;
}

function createFollowWorld(server: ApiServer): FollowWorld {
  const clock = createFakeClock();
  const api = createFleetApi({ clock, random: () => 0, context: undefined });
  const controller = new AbortController();
  const nodes = api.followNodes(controller.signal)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await nodes.next();
    assert.ok(!done, "it ended");
    if (value.kind === "interrupted") return `interrupted: ${value.why}`;
    const items = value.kind === "all" ? value.items : [value.item];
    return `${value.kind} ${items.map(({ name }) => name).join()}`;
  };
  return {
    server,
    clock,
    api,
    controller,
    nodes,
    next,
    nextAfterPause: async (ms) => {
      const change = next();
      await clock.advance(ms);
      return change;
    },
    asked: () =>
      server.requests.map(({ path }) => {
        const query = new URL(path, "http://x").searchParams;
        return query.has("watch") ? `watch from ${query.get("resourceVersion")}` : "list";
      }),
    listed: async (...steps) => {
      server.on(...answers(nodeList), ...steps);
      assert.equal(await next(), "all a");
    },
  };
}
