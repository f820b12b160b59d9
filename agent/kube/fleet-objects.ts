// What of the API server's objects the fleet's commands look at; the rest is not kept.
import type {
  FleetDaemonSet,
  FleetEvent,
  FleetNode,
  FleetNodeStatus,
  PodWarning,
} from "../fleet/fleet-api.ts";
import { keyOf } from "../node-record.ts";
import { hasCondition, type NodeConditions } from "./node-conditions.ts";

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface NodeObject {
  readonly metadata: Metadata;
  readonly status?: NodeConditions;
}

export function nodeFrom({ metadata }: NodeObject): FleetNode {
  const { name, resourceVersion = "", labels, annotations } = metadata;
  return { name, resourceVersion, labels: ours(labels), annotations: ours(annotations) };
}

export function nodeStatusFrom(node: NodeObject): FleetNodeStatus {
  return { ...nodeFrom(node), isReady: hasCondition(node.status, "Ready") };
}

const prefix = keyOf("");

function ours(map: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key.startsWith(prefix)));
}

export interface DaemonSetObject {
  readonly metadata: Metadata;
  readonly spec: {
    readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template: { readonly spec: Containers };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly currentNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberMisscheduled?: number;
  };
}

export function daemonSetFrom({ metadata, spec, status = {} }: DaemonSetObject): FleetDaemonSet {
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    resourceVersion: metadata.resourceVersion ?? "",
    selector: spec.selector.matchLabels ?? {},
    args: agentArguments(spec.template.spec),
    isKept: spec.template.spec.containers?.some(({ name }) => name === "keep") ?? false,
    isBeingDeleted: metadata.deletionTimestamp !== undefined,
    generation: metadata.generation ?? 0,
    observedGeneration: status.observedGeneration ?? 0,
    desired: status.desiredNumberScheduled ?? 0,
    current: status.currentNumberScheduled ?? 0,
    updated: status.updatedNumberScheduled ?? 0,
    misscheduled: status.numberMisscheduled ?? 0,
  };
}

interface ContainerObject {
  readonly name: string;
  readonly args?: readonly string[];
}

export interface Containers {
  readonly initContainers?: readonly ContainerObject[];
  readonly containers?: readonly ContainerObject[];
}

/** The arguments of the container `prefetch`; none where there is no such container. */
export function agentArguments({ initContainers = [], containers = [] }: Containers): readonly string[] {
  return [...initContainers, ...containers].find(({ name }) => name === "prefetch")?.args ?? [];
}

export interface EventObject {
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject?: { readonly name?: string };
}

export function warningsFrom(events: readonly EventObject[]): readonly FleetEvent[] {
  return [...events]
    .sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
    .map(({ reason = "", message = "" }) => ({ reason, message }));
}

export function podWarningFrom(event: EventObject): PodWarning {
  const { reason = "", message = "", involvedObject } = event;
  return { pod: involvedObject?.name ?? "", reason, message, seenAtMs: Date.parse(timeOf(event)) };
}

function timeOf({ lastTimestamp, eventTime }: EventObject): string {
  return lastTimestamp ?? eventTime ?? "";
}
