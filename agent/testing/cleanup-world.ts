import { cleanup } from "../commands/cleanup.ts";
import type { CommandResult } from "../commands/command-result.ts";
import type { FleetDaemonSet } from "../fleet/fleet-api.ts";
import type { CleanupSettings, CleanupTarget } from "../settings.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import {
  createFakeFleetApi,
  type FakeFleetApi,
  fleetDaemonSetOf,
  fleetPodOf,
  mark,
} from "./fake-fleet-api.ts";

/** A cluster in which nodes have marks, and what the command says while it is at work. */
export interface CleanupWorld {
  readonly api: FakeFleetApi;
  readonly clock: FakeClock;
  readonly told: readonly string[];
  /** Adds Nodes on which that owner has that instance; the owner is `default/<instance>` unless given. */
  marked(names: readonly string[], instance: string, owner?: string): void;
  /** Installs release x in namespace default, with pods on these nodes. */
  installed(nodes: readonly string[], fields?: Partial<FleetDaemonSet>): void;
  /** Puts that release's DaemonSet into another state, of which it has another version. */
  becomes(fields: Partial<FleetDaemonSet>): void;
  /** The names of the Nodes that still have that instance's label or annotation. */
  still(instance: string): readonly string[];
  /** Runs the command to its end, letting time pass. */
  run(target: CleanupTarget, settings?: Partial<CleanupSettings>): Promise<CommandResult>;
  /** Runs it under a signal, without letting time pass. */
  start(
    target: CleanupTarget,
    settings?: Partial<CleanupSettings>,
    signal?: AbortSignal,
  ): Promise<CommandResult>;
}

/** A world with pages of two objects. */
export function createCleanupWorld({ pageSize = 2 } = {}): CleanupWorld {
  const api = createFakeFleetApi({ pageSize });
  const clock = createFakeClock();
  const told: string[] = [];
  const start: CleanupWorld["start"] = (target, given = {}, signal = new AbortController().signal) => {
    const settings: CleanupSettings = {
      target,
      isAfterUninstall: false,
      podSelector: undefined,
      podTimeoutMs: 120_000,
      includesUnowned: false,
      isDryRun: false,
      context: undefined,
      kubeconfig: undefined,
      ...given,
    };
    return cleanup(settings, { api, clock, tell: (line) => told.push(line) }, signal);
  };
  return {
    api,
    clock,
    told,
    marked: (names, instance, owner = `default/${instance}`) => {
      for (const name of names) mark(api.nodesThere.get(name) ?? api.addNode(name), instance, owner);
    },
    installed: (nodes, fields) => {
      api.daemonSetsThere.push(fleetDaemonSetOf("x", { desired: nodes.length, ...fields }));
      api.podsThere.push(...nodes.map((node) => fleetPodOf("x", node)));
    },
    becomes: (fields) => {
      const [daemonSet, ...others] = api.daemonSetsThere.splice(0);
      if (daemonSet === undefined) return;
      const resourceVersion = String(Number(daemonSet.resourceVersion) + 1);
      api.daemonSetsThere.push({ ...daemonSet, resourceVersion, ...fields }, ...others);
    },
    still: (instance) =>
      [...api.nodesThere.values()]
        .filter(({ labels, annotations }) => {
          const key = `image-prefetcher.stackrox.io/${instance}`;
          return labels.has(key) || annotations.has(key);
        })
        .map(({ name }) => name),
    run: (target, settings) => clock.finish(start(target, settings)),
    start,
  };
}

/** One instance; of whoever the annotations name, where no owner is given. */
export function instanceOf(instance: string, owner?: string): CleanupTarget {
  return { kind: "instance", instance, owner };
}

export function orphansOf(owner?: string): CleanupTarget {
  return { kind: "orphans", owner };
}
