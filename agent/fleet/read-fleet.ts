import { newestFailedCreate } from "./failed-create.ts";
import type { FleetApi, FleetDaemonSet } from "./fleet-api.ts";
import { hasSelector, isInScope, lacksPods } from "./fleet-scope.ts";
import type { FleetScope, FleetState, ReleaseState } from "./fleet-state.ts";
import { withWarningsNow } from "./pod-warnings.ts";

/** All that a status is made of, read once. Throws as the API does. */
export async function readFleet(api: FleetApi, scope: FleetScope, signal: AbortSignal): Promise<FleetState> {
  const daemonSets = await api.agentDaemonSets(scope.namespace, signal);
  const releases: ReleaseState[] = [];
  for (const daemonSet of daemonSets)
    if (isInScope(scope, daemonSet)) releases.push(await releaseState(api, daemonSet, signal));
  const nodes = await all(api.nodesWithStatus(signal));
  return { nodes, releases, pending: [], isInterrupted: false, interruptions: [] };
}

async function releaseState(
  api: FleetApi,
  daemonSet: FleetDaemonSet,
  signal: AbortSignal,
): Promise<ReleaseState> {
  const { namespace, selector } = daemonSet;
  const pods = hasSelector(daemonSet) ? await all(api.pods(namespace, selector, signal)) : [];
  const failedCreate = lacksPods(daemonSet, pods)
    ? await newestFailedCreate(api, daemonSet, signal)
    : undefined;
  const explained = await withWarningsNow(api, daemonSet, pods, signal);
  return { daemonSet, pods: explained, isInterrupted: false, failedCreate };
}

async function all<Item>(pages: AsyncIterable<readonly Item[]>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}
