// What `cleanup`, `verify` and `status` ask of the API server: all Nodes, page by page, and releases' DaemonSets and pods.

/** A Node, as much of it as the fleet's commands look at. */
export interface FleetNode {
  readonly name: string;
  readonly resourceVersion: string;
  /** Its labels whose key begins with `image-prefetcher.stackrox.io/`, of whatever instance. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its annotations of such a key. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Node of which it is known whether it can run pods. */
export interface FleetNodeStatus extends FleetNode {
  readonly isReady: boolean;
}

/** A DaemonSet of a release. */
export interface FleetDaemonSet {
  readonly namespace: string;
  readonly name: string;
  /** Another one after every change, of its status too. */
  readonly resourceVersion: string;
  /** What its pods are selected by. */
  readonly selector: Readonly<Record<string, string>>;
  /** The arguments of its container `prefetch`, as the pod template has them. */
  readonly args: readonly string[];
  /** Whether its pods look again once they have succeeded: they have a container `keep`. */
  readonly isKept: boolean;
  /** That somebody has deleted it, and only its pods keep it. */
  readonly isBeingDeleted: boolean;
  readonly generation: number;
  /** The generation that the numbers below are about. */
  readonly observedGeneration: number;
  /** How many nodes are to run its pod. */
  readonly desired: number;
  /** How many of those have one. */
  readonly current: number;
  /** How many of those have one of the newest pod template. */
  readonly updated: number;
  /** How many nodes have a pod that they are not to have. */
  readonly misscheduled: number;
}

/** A pod of a release. */
export interface FleetPod {
  readonly name: string;
  /** The Node that it is on, or that its DaemonSet made it for before it is scheduled; undefined where it is for none alone. */
  readonly node: string | undefined;
  readonly isBeingDeleted: boolean;
  /** The owner that the arguments of its container `prefetch` name; undefined where it is no agent's. */
  readonly owner: string | undefined;
  /** The instance that they name. */
  readonly instance: string | undefined;
  readonly phase: string;
  /** What it waits for, as the kubelet says it: `ImagePullBackOff: ...`; undefined where it waits for nothing, or for its agent's next start. */
  readonly waiting: string | undefined;
  /** Since when its node has it, RFC 3339, where nothing of it runs or has ended yet; undefined otherwise. */
  readonly startingSince: string | undefined;
  /** How its agent last ended; undefined where that was well, or never. */
  readonly ended: AgentEnd | undefined;
}

/** That an agent ended with something other than 0. */
export interface AgentEnd {
  readonly exitCode: number;
  /** How often it has ended by now. */
  readonly times: number;
  /** What is known of it, a line: `OOMKilled`, or the first line of its message; may be empty. */
  readonly why: string;
  /** Whether it runs again. */
  readonly isBack: boolean;
}

/** What became of objects that are followed. */
export type Change<Item> =
  /** All that there are now, in place of what was known. The first change is one, and so is the first after an interruption. */
  | { readonly kind: "all"; readonly items: readonly Item[] }
  /** One that is new, or another than it was. */
  | { readonly kind: "set"; readonly item: Item }
  /** One that is no more, as it was last. */
  | { readonly kind: "removed"; readonly item: Item }
  /** Changes are not heard of for now; it is tried again, and an `all` comes next. */
  | { readonly kind: "interrupted"; readonly why: string };

/** A warning among the events of an object. */
export interface FleetEvent {
  readonly reason: string;
  readonly message: string;
}

/** A warning about a pod. */
export interface PodWarning extends FleetEvent {
  /** The pod's name. */
  readonly pod: string;
  /** When it was last seen, in ms since 1970; NaN where it does not say. */
  readonly seenAtMs: number;
}

/**
 * The cluster as one kubeconfig, or one pod's service account, sees it. Each request has a limit of 10 s and is tried again for up to
 * half a minute where the API server cannot answer it; a KubeError says then what could not be done. Everything rejects with the signal's
 * reason when `signal` aborts.
 */
export interface FleetApi {
  /** The namespace of the kubeconfig's current context, or of the pod; `default` where neither says one. */
  readonly namespace: string;
  /** All Nodes in pages of 250, with their metadata alone. */
  nodes(signal: AbortSignal): AsyncIterable<readonly FleetNode[]>;
  /** All Nodes in pages of 250, with whether they are Ready. */
  nodesWithStatus(signal: AbortSignal): AsyncIterable<readonly FleetNodeStatus[]>;
  /** The DaemonSets of the namespace whose agents are told that owner, whatever labels they have. */
  daemonSets(namespace: string, owner: string, signal: AbortSignal): Promise<readonly FleetDaemonSet[]>;
  /** The agents' DaemonSets, whoever their owner is, of a namespace; of all where it is undefined. */
  agentDaemonSets(namespace: string | undefined, signal: AbortSignal): Promise<readonly FleetDaemonSet[]>;
  /**
   * Follows all Nodes until `signal` aborts. Whatever keeps changes from being heard of is an `interrupted`; a KubeError is thrown only where the
   * API server says no for good (rights, or a login that it does not take).
   */
  followNodes(signal: AbortSignal): AsyncIterable<Change<FleetNodeStatus>>;
  /** Follows what `agentDaemonSets` returns, as `followNodes` does. */
  followAgentDaemonSets(
    namespace: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Change<FleetDaemonSet>>;
  /** Follows what `pods` returns, as `followNodes` does. */
  followPods(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<Change<FleetPod>>;
  /** The pods with these labels, in pages of 250. */
  pods(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<readonly FleetPod[]>;
  /** Those of them that have not ended, as one that was evicted has, or a test's. */
  livingPods(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<readonly FleetPod[]>;
  /** The warnings about a DaemonSet, oldest first. */
  warnings(namespace: string, daemonSet: string, signal: AbortSignal): Promise<readonly FleetEvent[]>;
  /** Warnings about the namespace's pods, of which none is that a probe failed or that there is a wait before a next try; the first 1,000. */
  podWarnings(namespace: string, signal: AbortSignal): Promise<readonly PodWarning[]>;
  /**
   * Removes the labels and the annotations `keys` from a Node, all at once, if it still has the version that was read: `gone` where there
   * is no such Node any more, `changed` where it has another version by now, and nothing was removed.
   */
  removeMarks(
    node: FleetNode,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<"removed" | "gone" | "changed">;
}
