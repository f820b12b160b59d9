import type { FleetDaemonSet, FleetNodeStatus } from "../fleet-api.ts";
import { isInScope, nameOf } from "../fleet-scope.ts";
import type { FleetScope, FleetState } from "../fleet-state.ts";
import { type FollowedRelease, type Following, followRelease } from "./followed-release.ts";
import { createMirror } from "./mirror.ts";

/** A fleet in memory, kept as it is by what is followed. */
export interface FollowedFleet {
  /** Whether all of it has been known once. */
  isKnown(): boolean;
  /** As it is now; undefined before all of it has been known once. */
  state(): FleetState | undefined;
  /** What keeps changes from being heard of, a sentence each. */
  interruptions(): readonly string[];
}

/** Begins to follow all Nodes, the DaemonSets of the scope, and the pods of each. */
export function startFollowing(scope: FleetScope, following: Following): FollowedFleet {
  const { api, signal, changed, run } = following;
  const nodes = createMirror<FleetNodeStatus>(({ name }) => name);
  const daemonSets = createMirror<FleetDaemonSet>(nameOf);
  const releases = new Map<string, FollowedRelease>();
  let wasKnown = false;

  const followNodes = async () => {
    for await (const change of api.followNodes(signal)) {
      if (nodes.take(change)) changed();
    }
  };
  const followDaemonSets = async () => {
    for await (const change of api.followAgentDaemonSets(scope.namespace, signal)) {
      const isNew = daemonSets.take(change);
      followThoseThere();
      if (isNew) changed();
    }
  };
  const followThoseThere = () => {
    const there = (daemonSets.items() ?? []).filter((each) => isInScope(scope, each));
    const names = new Set(there.map(nameOf));
    for (const [name, release] of releases) if (!names.has(name)) end(name, release);
    for (const daemonSet of there) {
      const name = nameOf(daemonSet);
      const release = releases.get(name);
      if (release?.update(daemonSet)) continue;
      if (release !== undefined) end(name, release);
      releases.set(name, followRelease(daemonSet, following));
    }
  };
  const end = (name: string, release: FollowedRelease) => {
    release.end();
    releases.delete(name);
  };
  // The pods of two releases in one namespace are interrupted in the same words.
  const interruptions = () => [
    ...new Set(
      [nodes, daemonSets, ...releases.values()]
        .map((each) => each.interruption())
        .filter((why) => why !== undefined),
    ),
  ];

  run(followNodes());
  run(followDaemonSets());
  return {
    isKnown: () => wasKnown,
    interruptions,
    state: () => {
      const nodesThere = nodes.items();
      if (nodesThere === undefined || daemonSets.items() === undefined) return undefined;
      const followed = [...releases.values()];
      const known = followed.map((release) => release.state()).filter((state) => state !== undefined);
      const unknown = followed.filter((release) => release.state() === undefined);
      // Later a release that has come waits alone until its pods are known; without them it would look as if they were missing.
      if (!wasKnown && unknown.length > 0) return undefined;
      wasKnown = true;
      for (const release of followed) release.lookForReasons();
      return {
        nodes: nodesThere,
        releases: known,
        pending: unknown.map((release) => release.daemonSet()),
        isInterrupted: [nodes, daemonSets].some((each) => each.interruption() !== undefined),
        interruptions: interruptions(),
      };
    },
  };
}
