// What of the API server's objects the fleet's commands look at; the rest is not kept.
import { flagIn } from "../flag-in.ts";
import type { FleetDaemonSet, FleetEvent, FleetNode, FleetNodeStatus, FleetPod } from "../fleet/fleet-api.ts";
import { keyOf } from "../node-record.ts";
import { hasCondition, type NodeConditions } from "./node-conditions.ts";

interface Metadata {
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

interface Containers {
  readonly initContainers?: readonly ContainerObject[];
  readonly containers?: readonly ContainerObject[];
}

function agentArguments({ initContainers = [], containers = [] }: Containers): readonly string[] {
  return [...initContainers, ...containers].find(({ name }) => name === "prefetch")?.args ?? [];
}

interface ContainerStatus {
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

interface Affinity {
  readonly nodeAffinity?: {
    readonly requiredDuringSchedulingIgnoredDuringExecution?: {
      readonly nodeSelectorTerms?: readonly {
        readonly matchFields?: readonly {
          readonly key: string;
          readonly operator: string;
          readonly values?: readonly string[];
        }[];
      }[];
    };
  };
}

export interface PodObject {
  readonly metadata: Metadata;
  readonly spec?: Containers & { readonly nodeName?: string; readonly affinity?: Affinity };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export function podFrom({ metadata, spec = {}, status }: PodObject): FleetPod {
  const args = agentArguments(spec);
  return {
    name: metadata.name,
    node: spec.nodeName ?? chosenNode(spec.affinity),
    isBeingDeleted: metadata.deletionTimestamp !== undefined,
    owner: flagIn(args, "owner"),
    instance: flagIn(args, "instance"),
    phase: status?.phase ?? "Unknown",
    waiting: waitingFrom(status),
  };
}

/** The Node that the DaemonSet controller made the pod for: it says so in the affinity, and the scheduler does the rest. */
function chosenNode(affinity: Affinity | undefined): string | undefined {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms
    ?.flatMap(({ matchFields = [] }) => matchFields)
    .find(({ key, operator }) => key === "metadata.name" && operator === "In")?.values?.[0];
}

// What every pod says while an earlier container of it is at work.
const ordinary = new Set(["PodInitializing", "ContainerCreating"]);

function waitingFrom(status: PodObject["status"]): string | undefined {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const waiting = containers
    .map(({ state }) => state?.waiting)
    .find((each) => each?.reason !== undefined && !ordinary.has(each.reason));
  if (waiting !== undefined) return sentenceFrom(waiting);
  const unscheduled = status?.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  return unscheduled === undefined ? undefined : sentenceFrom(unscheduled);
}

function sentenceFrom({ reason, message }: { reason?: string; message?: string }): string {
  return [reason, message].filter((part) => part !== undefined && part !== "").join(": ");
}

export interface EventObject {
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

export function warningsFrom(events: readonly EventObject[]): readonly FleetEvent[] {
  const timeOf = ({ lastTimestamp, eventTime }: EventObject) => lastTimestamp ?? eventTime ?? "";
  return [...events]
    .sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
    .map(({ reason = "", message = "" }) => ({ reason, message }));
}
