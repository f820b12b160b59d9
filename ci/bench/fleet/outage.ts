import { setTimeout as sleep } from "node:timers/promises";
import { startApiServer, stopApiServer } from "../../cluster/cluster.ts";
import { auditedSince, lengthOfAudit } from "./audited-requests.ts";
import { peakPerSecond } from "./figures.ts";
import type { FleetLab } from "./fleet-lab.ts";
import type { NodeFaults } from "./node-check.ts";
import { faultsAfter } from "./wave.ts";

/** What came after an API server's outage. */
export interface Outage {
  readonly nodes: number;
  /** From the API server's end until it serves again. */
  readonly awayMs: number;
  /** From then until the last agent has ended. */
  readonly afterMs: number;
  /** The most requests that came within one second. */
  readonly peakPerSecond: number;
  readonly received: number;
  /** Of those, how many were answered with 429. */
  readonly throttled: number;
  readonly faults: NodeFaults;
}

/** What an outage is: `awayMs` without an API server for nodes 0 to `nodes` - 1. */
export interface OutageOptions {
  readonly nodes: number;
  readonly rollout: number;
  readonly awayMs: number;
  readonly signal: AbortSignal;
}

/**
 * Kills the API server, starts an agent on each node at once, and starts the API server again after `awayMs`: every agent has
 * something to write by then. Where it rejects, nothing that it began goes on.
 */
export async function runOutage(
  lab: FleetLab,
  { nodes, rollout, awayMs, signal }: OutageOptions,
): Promise<Outage> {
  const { cluster, agents, objects } = lab;
  const nodesBefore = await objects.nodes();
  const auditBefore = lengthOfAudit(cluster.auditLog);
  const numbers = Array.from({ length: nodes }, (_, number) => number);
  await stopApiServer(cluster);
  const stoppedMs = performance.now();
  const running = agents.run({ numbers, rollout, atOnce: nodes, pullMs: awayMs / 4 });
  const served = sleep(awayMs, undefined, { signal })
    .then(() => startApiServer(cluster))
    .then(() => performance.now());
  // Whoever takes the cluster down meanwhile would leave an API server that is being started.
  await Promise.allSettled([running, served]);
  const [, servesMs] = await Promise.all([running, served]);
  const endedMs = performance.now();
  const faults = await faultsAfter(lab, { nodes, rollout }, nodesBefore);
  const received = auditedSince(cluster.auditLog, auditBefore);
  return {
    nodes,
    awayMs: servesMs - stoppedMs,
    afterMs: endedMs - servesMs,
    peakPerSecond: peakPerSecond(received.map(({ receivedAtMs }) => receivedAtMs)),
    received: received.length,
    throttled: received.filter(({ status }) => status === 429).length,
    faults,
  };
}
