/** As much of a container as the doctor copies; whatever else it has goes along. */
export interface Container {
  readonly name: string;
  readonly args?: readonly string[];
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

export interface DaemonSet {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata?: {
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
      };
      readonly spec: PodSpec;
    };
  };
}

/** A pod that is to be created. */
export interface NewPod {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpec & Readonly<Record<string, unknown>>;
}

/** A pod's status, as the kubelet and the API server tell it. */
export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly containerStatuses?: readonly {
    readonly state?: {
      readonly waiting?: StateReason;
      readonly terminated?: Terminated;
    };
  }[];
}

interface StateReason {
  readonly reason?: string;
  readonly message?: string;
}

/** How a container ended; its message is the end of its log where it wrote no other. */
export interface Terminated extends StateReason {
  readonly exitCode: number;
}

export interface PodEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  /** How often it was seen. */
  readonly count?: number;
}

export interface NodeStatus {
  /** Whether its condition Ready is True; a node that is not starts no pod. */
  readonly isReady: boolean;
}

/**
 * What the doctor asks of the API server, with the user's own rights. Each call is one request with a limit of 10 s; it throws a
 * KubeError where the answer is not the one wanted, and rejects with the signal's reason when `signal` aborts.
 */
export interface DoctorApi {
  /** The namespace of the kubeconfig's current context, `default` where it has none. */
  readonly namespace: string;
  daemonSets(namespace: string, signal: AbortSignal): Promise<readonly DaemonSet[]>;
  node(name: string, signal: AbortSignal): Promise<NodeStatus>;
  /** How many pods with these labels the node has. */
  podsOnNode(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    node: string,
    signal: AbortSignal,
  ): Promise<number>;
  createPod(namespace: string, pod: NewPod, signal: AbortSignal): Promise<void>;
  podStatus(namespace: string, name: string, signal: AbortSignal): Promise<PodStatus>;
  podEvents(namespace: string, name: string, signal: AbortSignal): Promise<readonly PodEvent[]>;
  podLog(namespace: string, name: string, signal: AbortSignal): Promise<string>;
  /** Deletes the pod at once, without a grace period; one that is not there is deleted. */
  deletePod(namespace: string, name: string, signal: AbortSignal): Promise<void>;
}
