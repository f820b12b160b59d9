import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../../agent/clock.ts";
import type { AgentDependencies } from "../../../agent/commands/agent-work.ts";
import { prefetch } from "../../../agent/commands/prefetch.ts";
import { createNodeApi } from "../../../agent/kube/create-node-api.ts";
import type { NodeApi } from "../../../agent/node-api.ts";
import { createFakeImageService, failedWith } from "../../../agent/testing/fake-image-service.ts";
import { prefetchDefaults } from "../../../agent/testing/prefetch-world.ts";
import { nameOf } from "../../e2e/support/status-fleet.ts";
import {
  fleetInstance,
  fleetKey,
  fleetOwner,
  kindOf,
  linesOfRollout,
  missingOf,
  unpullableOf,
} from "./node-plan.ts";

/** What one agent came to. */
export interface AgentRun {
  readonly number: number;
  readonly exitCode: number;
  readonly message: string;
  /** How many requests it sent, those that failed included. */
  readonly requests: number;
  /** How long the write took that its verdict stands by, in milliseconds; undefined where none was answered. */
  readonly writeMs: number | undefined;
}

/** How the agents of a wave behave. */
export interface AgentPace {
  readonly rollout: number;
  /** How long the pull of an image takes, in milliseconds. */
  readonly pullMs: number;
}

/** `prefetcher prefetch` on the node of that number: all of it is the agent's own code but the runtime. Waits are the real ones. */
export async function runVirtualAgent(
  number: number,
  { rollout, pullMs }: AgentPace,
  signal: AbortSignal,
): Promise<AgentRun> {
  const lines = linesOfRollout(rollout);
  const nodeName = nameOf(number);
  const watched = watchRequests(createNodeApi({ nodeName, key: fleetKey, clock: systemClock }));
  const settings = {
    ...prefetchDefaults,
    instance: fleetInstance,
    owner: fleetOwner,
    nodeName,
    onFailure: "continue",
  } as const;
  const world = { ...worldBut, imageService: runtimeOf(number, rollout, pullMs), nodeApi: watched.nodeApi };
  const end = await prefetch(settings, lines, world, signal);
  if ("kind" in end) throw new Error("an agent without a sleeper ended as a nap");
  return { number, exitCode: end.exitCode, message: end.message ?? "", ...watched.seen() };
}

const worldBut: Omit<AgentDependencies, "imageService" | "nodeApi"> = {
  keyring: [],
  clock: systemClock,
  log: { info: () => {}, warn: () => {}, error: () => {} },
  random: Math.random,
  platform: "linux/amd64",
  diskSpace: () => ({ freeBytes: 50, totalBytes: 100 }),
  carried: undefined,
  socketsIn: async () => [],
};

function runtimeOf(number: number, rollout: number, pullMs: number) {
  const kind = kindOf(number, rollout);
  const lines = linesOfRollout(rollout);
  const missing = missingOf(kind, lines);
  const runtime = createFakeImageService(...lines.filter((line) => !missing.includes(line)));
  for (const line of missing) {
    // Of a reason for which nothing is tried again: the wave is about labels, not about waits between pulls.
    const answer = unpullableOf(kind, lines).includes(line) ? failedWith("no_platform") : undefined;
    runtime.alwaysOnPull(line, () => sleep(pullMs, answer));
  }
  return runtime;
}

function watchRequests(nodeApi: NodeApi) {
  let requests = 0;
  let writeMs: number | undefined;
  const watched: NodeApi = {
    read: (signal) => {
      requests += 1;
      return nodeApi.read(signal);
    },
    write: async (change, signal) => {
      requests += 1;
      const beganMs = performance.now();
      const answer = await nodeApi.write(change, signal);
      if (answer.kind === "node" && change.label !== undefined) writeMs = performance.now() - beganMs;
      return answer;
    },
  };
  return { nodeApi: watched, seen: () => ({ requests, writeMs }) };
}
