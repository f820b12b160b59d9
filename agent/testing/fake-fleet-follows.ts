import type { FleetApi, FleetDaemonSet, FleetNodeStatus, FleetPod } from "../fleet/fleet-api.ts";
import { createFakeFollow } from "./fake-follow.ts";
import type { ScriptedKubeCalls } from "./scripted-kube-calls.ts";

/** A call that follows; a step of its script is for its beginning. */
export type FollowCall = "followNodes" | "followAgentDaemonSets" | "followPods";

/** A cluster in memory whose parts can be followed. */
export interface FakeFleetFollows extends Pick<FleetApi, FollowCall> {
  /** Has everybody who follows hear of what is different by now. */
  changed(): void;
  /** Has those who follow by `method` hear of nothing, for that reason, until `changed`; a number has them throw a KubeError of that status. */
  disturb(method: FollowCall, fault: string | number): void;
  /** How many follow by `method`. */
  followerCount(method: FollowCall): number;
}

/** What is there when it is looked at. */
interface FleetReads {
  nodes(): readonly FleetNodeStatus[];
  agentDaemonSets(namespace: string | undefined): readonly FleetDaemonSet[];
  pods(namespace: string, labels: Readonly<Record<string, string>>): readonly FleetPod[];
}

export function createFakeFleetFollows(
  answerTo: ScriptedKubeCalls<FollowCall>["answerTo"],
  reads: FleetReads,
): FakeFleetFollows {
  const follows = {
    followNodes: createFakeFollow<FleetNodeStatus>("watch nodes", ({ name }) => name),
    followAgentDaemonSets: createFakeFollow<FleetDaemonSet>(
      "watch daemonsets.apps",
      ({ namespace, name }) => `${namespace}/${name}`,
    ),
    followPods: createFakeFollow<FleetPod>("watch pods", ({ name }) => name),
  };
  async function* begun<Item>(
    method: FollowCall,
    subject: string,
    signal: AbortSignal,
    changes: () => AsyncIterable<Item>,
  ): AsyncIterable<Item> {
    yield* await answerTo(method, subject, signal, changes);
  }
  return {
    changed: () => {
      for (const follow of Object.values(follows)) follow.tell({ kind: "changed" });
    },
    disturb: (method, fault) =>
      follows[method].tell(typeof fault === "number" ? fault : { kind: "interrupted", why: fault }),
    followerCount: (method) => follows[method].count(),
    followNodes: (signal) =>
      begun("followNodes", "", signal, () => follows.followNodes.changes(reads.nodes, signal)),
    followAgentDaemonSets: (namespace, signal) =>
      begun("followAgentDaemonSets", namespace ?? "", signal, () =>
        follows.followAgentDaemonSets.changes(() => reads.agentDaemonSets(namespace), signal),
      ),
    followPods: (namespace, labels, signal) =>
      begun("followPods", `${namespace} ${JSON.stringify(labels)}`, signal, () =>
        follows.followPods.changes(() => reads.pods(namespace, labels), signal),
      ),
  };
}
