import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, down, up } from "../../cluster/cluster.ts";
import { stopPart } from "../../cluster/control-plane-process.ts";
import { createFleetAccount, type FleetAccount } from "../../e2e/support/fleet-account.ts";
import { type FleetObjects, openFleetObjects } from "../../e2e/support/fleet-objects.ts";
import { type Agents, startAgents } from "./agents.ts";

/** A control plane without nodes, and who uses it. */
export interface FleetLab extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly objects: FleetObjects;
  /** The agents' account, which may do what the chart's may. */
  readonly account: FleetAccount;
  /** A process of agents that ask the API server itself. */
  readonly agents: Agents;
  /** For files of the bench; removed with the lab. */
  readonly folder: string;
}

/** Which lab is opened. */
export interface FleetLabOptions {
  /** The cluster's name. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Brings it up, in about ten seconds, in the place of what an earlier run has left; disposing of it takes it down. */
export async function openFleetLab({ name, signal }: FleetLabOptions): Promise<FleetLab> {
  await down({ name });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => down({ name }));
  const cluster = await up({ name, nodes: 0, log: () => {} });
  // They would write to each Node of a cluster that grows so fast, and watch it all in vain.
  for (const part of ["kube-controller-manager", "kube-scheduler"] as const) await stopPart(cluster, part);
  const folder = await mkdtemp(join(tmpdir(), "bench-fleet-"));
  stack.defer(() => rm(folder, { recursive: true }));
  const objects = stack.use(openFleetObjects(cluster));
  // `get` and `update` are for the comparison with other ways to write; the audit log shows that no agent uses them.
  const rights = { nodes: ["patch", "get", "update"], inNamespace: [] };
  const account = await createFleetAccount(cluster, objects, { namespace: "fleet", folder, rights });
  const agents = stack.use(await startAgents(account.kubeconfig, signal));
  const owned = stack.move();
  return { cluster, objects, account, agents, folder, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
