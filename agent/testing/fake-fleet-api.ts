import { flagIn } from "../flag-in.ts";
import type { FleetApi, FleetDaemonSet, FleetEvent, FleetPod, PodWarning } from "../fleet/fleet-api.ts";
import { keyOf } from "../node-record.ts";
import { createFakeFleetFollows, type FakeFleetFollows, type FollowCall } from "./fake-fleet-follows.ts";
import { type FakeNode, fakeNode, nodeOf, nodeStatusOf } from "./fake-node.ts";
import { createScriptedKubeCalls, type KubeStep } from "./scripted-kube-calls.ts";

/** A call that can be scripted; of a list, each of its pages is one. */
export type FleetCall =
  | "nodes"
  | "nodesWithStatus"
  | "daemonSets"
  | "pods"
  | "livingPods"
  | "warnings"
  | "podWarnings"
  | "agentDaemonSets"
  | FollowCall
  | "removeMarks";

/** A pod, and the labels that it is found by. */
export interface FakePod extends FleetPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A cluster in memory; its parts are the tests' to change at any time. */
export interface FakeFleetApi extends FleetApi, FakeFleetFollows {
  /** The Nodes by name, listed in that order. */
  readonly nodesThere: Map<string, FakeNode>;
  readonly daemonSetsThere: FleetDaemonSet[];
  readonly podsThere: FakePod[];
  readonly warningsThere: FleetEvent[];
  readonly podWarningsThere: PodWarning[];
  /** `method subject` of each call, in order: `nodes 2` is the second page of a list. */
  readonly calls: readonly string[];
  /** How many calls of `removeMarks` were under way at once, at most. */
  readonly mostRemovalsAtOnce: number;
  /** Adds a Node, Ready and without marks. */
  addNode(name: string): FakeNode;
  on(method: FleetCall, ...steps: readonly KubeStep[]): void;
  /** Makes every call of `method` come to `step`. */
  always(method: FleetCall, step: KubeStep): void;
}

/** An empty cluster; `pageSize` is how many objects a page of a list has. */
export function createFakeFleetApi({ pageSize = 250 }: { readonly pageSize?: number } = {}): FakeFleetApi {
  const { calls, on, always, answerTo } = createScriptedKubeCalls<FleetCall>();
  const nodesThere = new Map<string, FakeNode>();
  const daemonSetsThere: FleetDaemonSet[] = [];
  const podsThere: FakePod[] = [];
  const warningsThere: FleetEvent[] = [];
  const podWarningsThere: PodWarning[] = [];
  let removals = 0;
  let mostRemovalsAtOnce = 0;

  /** What is there when the first page is asked for, as the API server keeps a list's pages consistent. */
  async function* pages<Item>(
    method: FleetCall,
    subject: string,
    signal: AbortSignal,
    read: () => readonly Item[],
  ): AsyncIterable<readonly Item[]> {
    let rest: readonly Item[] = [];
    for (let page = 1; page === 1 || rest.length > 0; page += 1) {
      const isFirst = page === 1;
      yield await answerTo(method, `${subject}${page}`, signal, () => {
        if (isFirst) rest = read();
        const items = rest.slice(0, pageSize);
        rest = rest.slice(pageSize);
        return items;
      });
    }
  }

  const podsWith = (namespace: string, labels: Readonly<Record<string, string>>) =>
    podsThere.filter(
      (pod) =>
        pod.namespace === namespace &&
        Object.entries(labels).every(([name, value]) => pod.labels[name] === value),
    );

  const agentDaemonSets = (namespace: string | undefined) =>
    daemonSetsThere.filter(
      (each) => flagIn(each.args, "owner") !== undefined && (namespace ?? each.namespace) === each.namespace,
    );

  const follows = createFakeFleetFollows(answerTo, {
    nodes: () => [...nodesThere.values()].map(nodeStatusOf),
    agentDaemonSets,
    pods: podsWith,
  });

  const removeMarks: FleetApi["removeMarks"] = async (node, keys, signal) => {
    removals += 1;
    mostRemovalsAtOnce = Math.max(mostRemovalsAtOnce, removals);
    try {
      return await answerTo("removeMarks", `${node.name} ${keys}`, signal, () => {
        const there = nodesThere.get(node.name);
        if (there === undefined) return "gone";
        if (String(there.version) !== node.resourceVersion) return "changed";
        for (const key of keys) there.write(key, undefined, undefined);
        return "removed";
      });
    } finally {
      removals -= 1;
    }
  };

  return {
    nodesThere,
    daemonSetsThere,
    podsThere,
    warningsThere,
    podWarningsThere,
    calls,
    get mostRemovalsAtOnce() {
      return mostRemovalsAtOnce;
    },
    addNode: (name) => {
      const node = fakeNode(name);
      nodesThere.set(name, node);
      return node;
    },
    on,
    always,
    changed: follows.changed,
    disturb: follows.disturb,
    followerCount: follows.followerCount,
    namespace: "context",
    nodes: (signal) => pages("nodes", "", signal, () => [...nodesThere.values()].map(nodeOf)),
    nodesWithStatus: (signal) =>
      pages("nodesWithStatus", "", signal, () => [...nodesThere.values()].map(nodeStatusOf)),
    daemonSets: (namespace, owner, signal) =>
      answerTo("daemonSets", owner, signal, () =>
        daemonSetsThere.filter(
          (each) => each.namespace === namespace && flagIn(each.args, "owner") === owner,
        ),
      ),
    agentDaemonSets: (namespace, signal) =>
      answerTo("agentDaemonSets", namespace ?? "", signal, () => agentDaemonSets(namespace)),
    followNodes: follows.followNodes,
    followAgentDaemonSets: follows.followAgentDaemonSets,
    followPods: follows.followPods,
    pods: (namespace, labels, signal) =>
      pages("pods", `${namespace} ${JSON.stringify(labels)} `, signal, () => podsWith(namespace, labels)),
    livingPods: (namespace, labels, signal) =>
      pages("livingPods", `${namespace} ${JSON.stringify(labels)} `, signal, () =>
        podsWith(namespace, labels).filter(({ phase }) => phase !== "Succeeded" && phase !== "Failed"),
      ),
    warnings: (namespace, daemonSet, signal) =>
      answerTo("warnings", `${namespace}/${daemonSet}`, signal, () => warningsThere),
    podWarnings: (namespace, signal) =>
      answerTo("podWarnings", namespace, signal, () => [...podWarningsThere]),
    removeMarks,
  };
}

/** The annotation of an agent of `owner`, as far as the fleet's commands look. */
export function annotationOf(owner: string, fields: object = {}): string {
  const record = { v: 1, revision: "1-0123456789ab", owner, verdict: "succeeded", entries: 1, present: 1 };
  return JSON.stringify({ ...record, skipped: 0, failed: [], ...fields });
}

/** Has an agent of `owner` write `succeeded` on that Node. */
export function mark(node: FakeNode, instance: string, owner: string): void {
  node.write(keyOf(instance), "succeeded", annotationOf(owner));
}

/** The labels of a release's pods as the chart has them. */
export function podLabelsOf(release: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": "prefetcher", "app.kubernetes.io/instance": release };
}

/** A DaemonSet as the chart renders it, with a pod on each of `desired` nodes. */
export function fleetDaemonSetOf(release: string, fields: Partial<FleetDaemonSet> = {}): FleetDaemonSet {
  const { desired = 1 } = fields;
  return {
    namespace: "default",
    name: `${release}-prefetcher`,
    resourceVersion: "1",
    selector: podLabelsOf(release),
    args: ["prefetch", `--instance=${release}`, `--owner=default/${release}`, "--revision=1-0123456789ab"],
    isKept: false,
    isBeingDeleted: false,
    generation: 1,
    observedGeneration: 1,
    desired,
    current: desired,
    updated: desired,
    misscheduled: 0,
    ...fields,
  };
}

/** A pod of that release in namespace `default`, on that Node. */
export function fleetPodOf(
  release: string,
  node: string | undefined,
  fields: Partial<FakePod> = {},
): FakePod {
  return {
    namespace: "default",
    name: `${release}-prefetcher-${node ?? "unscheduled"}`,
    labels: podLabelsOf(release),
    node,
    isBeingDeleted: false,
    owner: `default/${release}`,
    instance: release,
    phase: "Running",
    waiting: undefined,
    startingSince: undefined,
    ended: undefined,
    ...fields,
  };
}
