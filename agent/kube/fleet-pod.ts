// What of a pod the fleet's commands look at.
import { flagIn } from "../flag-in.ts";
import type { AgentEnd, FleetPod } from "../fleet/fleet-api.ts";
import { agentArguments, type Containers, type Metadata } from "./fleet-objects.ts";

interface Said {
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerState {
  readonly waiting?: Said;
  readonly running?: object;
  readonly terminated?: Said & { readonly exitCode: number };
}

interface ContainerStatus {
  readonly name?: string;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
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

interface PodStatus {
  readonly phase?: string;
  /** When the node's kubelet took it. */
  readonly startTime?: string;
  readonly conditions?: readonly (Said & { readonly type: string; readonly status: string })[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

export interface PodObject {
  readonly metadata: Metadata;
  readonly spec?: Containers & { readonly nodeName?: string; readonly affinity?: Affinity };
  readonly status?: PodStatus;
}

export function podFrom({ metadata, spec = {}, status = {} }: PodObject): FleetPod {
  const args = agentArguments(spec);
  return {
    name: metadata.name,
    node: spec.nodeName ?? chosenNode(spec.affinity),
    isBeingDeleted: metadata.deletionTimestamp !== undefined,
    owner: flagIn(args, "owner"),
    instance: flagIn(args, "instance"),
    phase: status.phase ?? "Unknown",
    waiting: waitingFrom(status),
    startingSince: startingSinceIn(status),
    ended: endFrom(status),
  };
}

/** The Node that the DaemonSet controller made the pod for: it says so in the affinity, and the scheduler does the rest. */
function chosenNode(affinity: Affinity | undefined): string | undefined {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms
    ?.flatMap(({ matchFields = [] }) => matchFields)
    .find(({ key, operator }) => key === "metadata.name" && operator === "In")?.values?.[0];
}

// What every pod says while its volumes, its network and its image are made, and of a container while an earlier one is at work.
const ordinary: ReadonlySet<string> = new Set(["PodInitializing", "ContainerCreating"]);

// That it is about to start again; what it ended with says more.
const backOff = "CrashLoopBackOff";

function waitingFrom(status: PodStatus): string | undefined {
  const ended = endFrom(status);
  const waiting = containersIn(status)
    .map(({ state }) => state?.waiting)
    .find((each) => !isOrdinary(each) && !(each?.reason === backOff && ended !== undefined));
  if (waiting !== undefined) return sentenceFrom(waiting);
  const unscheduled = status.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  return unscheduled === undefined ? undefined : sentenceFrom(unscheduled);
}

function startingSinceIn(status: PodStatus): string | undefined {
  const hasBegun = ({ state }: ContainerStatus) =>
    state?.running !== undefined || state?.terminated !== undefined || !isOrdinary(state?.waiting);
  return status.phase === "Pending" && !containersIn(status).some(hasBegun) ? status.startTime : undefined;
}

function isOrdinary(waiting: Said | undefined): boolean {
  return waiting?.reason === undefined || ordinary.has(waiting.reason);
}

function containersIn({ initContainerStatuses = [], containerStatuses = [] }: PodStatus) {
  return [...initContainerStatuses, ...containerStatuses];
}

/** How the agent that is at work now, or was last, has ended before, if not well. */
function endFrom({ initContainerStatuses = [], containerStatuses = [] }: PodStatus): AgentEnd | undefined {
  const keep = containerStatuses.find(({ name }) => name === "keep");
  // One that runs may have been at work for weeks since, and its label has gone for another reason.
  const kept = keep?.state?.running === undefined ? keep : undefined;
  const prefetch = initContainerStatuses.find(({ name }) => name === "prefetch");
  return endOf(prefetch) ?? endOf(kept);
}

function endOf(container: ContainerStatus = {}): AgentEnd | undefined {
  const { state = {}, lastState = {}, restartCount = 0 } = container;
  const { exitCode, reason, message } = state.terminated ?? lastState.terminated ?? { exitCode: 0 };
  if (exitCode === 0) return undefined;
  const isBack = state.running !== undefined;
  // The start that follows an end is not counted before it is made.
  return {
    exitCode,
    times: isBack ? restartCount : restartCount + 1,
    why: whyEnded(reason, message),
    isBack,
  };
}

/** What the runtime says of an end, where it is more than that it was one, and the first line of what the agent says. */
function whyEnded(reason = "", message = ""): string {
  const [line = ""] = message.trimStart().split("\n", 1);
  return sentenceFrom({
    reason: reason === "Error" ? "" : reason,
    // Without a message of its own there stand the last lines of its log, of which the first is of no account.
    message: line.startsWith("{") ? "" : line.trimEnd(),
  });
}

function sentenceFrom({ reason, message }: Said): string {
  return [reason, message].filter((part) => part !== undefined && part !== "").join(": ");
}
