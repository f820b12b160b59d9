import { cut } from "../cut.ts";
import { given } from "../given.ts";
import { type StandingRecord, standingRecordFrom } from "../node-record.ts";
import { isOwner } from "../owner.ts";
import { redactKubelet } from "../redact-kubelet.ts";
import { agentEndText, isStanding } from "./agent-end.ts";
import { type Caller, ownCommand } from "./caller.ts";
import type { FleetNodeStatus, FleetPod } from "./fleet-api.ts";
import { type FailedImage, type NodeProgress, nodeProgressFrom } from "./node-progress.ts";
import type { ReleaseList } from "./release-list.ts";

/**
 * How far a node is with a release's list.
 *
 * - `succeeded`, `failed` the label says so, and the annotation stands behind it: of this owner, revision and verdict
 * - `outdated` the label is about another revision
 * - `foreign` the annotation names another owner, from which the release does not take over
 * - `unowned` a label that no annotation stands behind
 * - `working` no label, or one that the release takes over
 * - `nothing-to-do` no label, and none will come: no required image is meant for the node
 * - `missing` there is no such Node, only a pod on it
 */
export type NodeState =
  | "succeeded"
  | "failed"
  | "outdated"
  | "foreign"
  | "unowned"
  | "working"
  | "nothing-to-do"
  | "missing";

/** A node that has the release's pod, and how far it is. */
export interface JudgedNode {
  readonly name: string;
  readonly state: NodeState;
  readonly isReady: boolean;
  /** The revision in the annotation, whoever wrote it. */
  readonly revision?: string;
  /** When the round that the label speaks of ended, RFC 3339; left out where the annotation does not say so in that form. */
  readonly finishedAt?: string;
  /** How many of the list's entries are there; left out where the node says nothing of this list. */
  readonly present?: number;
  readonly entries?: number;
  /** The first that failed, ten at most; left out where none has. */
  readonly failed?: readonly FailedImage[];
  /** How many further ones have failed; left out where none has. */
  readonly moreFailed?: number;
  /** Why it is not `succeeded`, where `failed` does not say it. */
  readonly why?: string;
}

/** As much of a pod as its node's state depends on. */
export type PodOnNode = Pick<FleetPod, "phase" | "waiting" | "isBeingDeleted" | "ended">;

/** The list that nodes are held against, how agents go about it, and who is told. */
export interface ExpectedList extends ReleaseList {
  /** Whether they look again once it is there. */
  readonly isKept: boolean;
  /** Over how long their first pulls are spread, as they are told it. */
  readonly staggerWindow: string | undefined;
  readonly caller: Caller;
}

// Longer than what an agent writes, and the names that Kubernetes allows.
const longestName = 128;

// A kubelet's sentence about an image is about this long.
const longestReason = 400;

/** How far that node is with the list, by its label, its annotation and the release's pod on it. */
export function judgedNodeFrom(node: FleetNodeStatus, pod: PodOnNode, list: ExpectedList): JudgedNode {
  const record = standingRecordFrom(node.annotations[list.key]);
  const { name, isReady } = node;
  const revision = record.revision === undefined ? undefined : cut(record.revision, longestName);
  const about = { name, isReady, ...given({ revision }) };
  if (record.owner !== undefined && record.owner !== list.owner)
    return { ...about, ...stateOfForeign(record.owner, list, pod) };
  const label = node.labels[list.key];
  const isAboutList = record.owner === list.owner && record.revision === list.revision;
  const progress = isAboutList ? nodeProgressFrom(node.annotations[list.key]) : undefined;
  const finishedAt = record.owner === undefined ? undefined : timeIn(record.finishedAt);
  const marks = { label, record, progress, list };
  return { ...about, ...given({ finishedAt }), ...withProgress(progress), ...stateFrom(marks, pod) };
}

function stateOfForeign(
  owner: string,
  { instance, takeOver, caller }: ExpectedList,
  pod: PodOnNode,
): Pick<JudgedNode, "state" | "why"> {
  if (owner === takeOver)
    return { state: "working", why: [`takes over from ${owner}`, ...obstacleOf(pod, undefined)].join("; ") };
  const standing = `it belongs to ${cut(owner, longestName)}`;
  // Whoever may write an annotation must not write commands.
  if (!isOwner(owner)) return { state: "foreign", why: standing };
  const command = ownCommand(caller, `cleanup --instance ${instance} --owner ${owner}`);
  return {
    state: "foreign",
    why: `${standing}; give one of the two another instanceName, or, if that is gone, set takeOver=${owner}, or: ${command}`,
  };
}

// RFC 3339's form; Date.parse alone takes far more.
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

function timeIn(text: string | undefined): string | undefined {
  return text !== undefined && time.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** A node of which only the pod on it is left. */
export function missingNode(name: string): JudgedNode {
  return { name, state: "missing", isReady: false };
}

interface Marks {
  readonly label: string | undefined;
  readonly record: StandingRecord;
  /** Undefined where the annotation is not about the list. */
  readonly progress: NodeProgress | undefined;
  readonly list: ExpectedList;
}

function stateFrom(marks: Marks, pod: PodOnNode): Pick<JudgedNode, "state" | "why"> {
  const { label, record, progress } = marks;
  if (label === undefined) return stateWithoutLabel(marks, pod);
  if (record.owner === undefined || record.revision === undefined)
    return { state: "unowned", why: `the label says ${label}, and no annotation says of whose list` };
  if (progress === undefined) {
    const standing = `the label says ${label} of revision ${cut(record.revision, longestName)}`;
    return { state: "outdated", why: [standing, ...obstacleOf(pod, progress)].join("; ") };
  }
  if (record.verdict === label && (label === "succeeded" || label === "failed")) return { state: label };
  return { state: "unowned", why: `the label says ${label}, and the annotation something else` };
}

function stateWithoutLabel(marks: Marks, pod: PodOnNode): Pick<JudgedNode, "state" | "why"> {
  if (isIdle(marks, pod)) return { state: "nothing-to-do" };
  const [obstacle] = obstacleOf(pod, marks.progress);
  return { state: "working", why: obstacle ?? workOf(marks, pod) };
}

/** What the agent on a node without a label is at. */
function workOf({ record, progress, list }: Marks, { phase }: PodOnNode): string {
  if (phase !== "Running")
    return progress === undefined ? "its pod has not written anything yet" : firstWorkOf(list);
  if (!list.isKept)
    return "the label is gone, though the pod has done its work: delete the pod, and it is written anew";
  if (progress !== undefined && record.verdict === "none") return "pulling again";
  return "the label is gone: the agent there writes it anew within one interval";
}

/** The annotation is the same while an agent waits and while it pulls. */
function firstWorkOf({ staggerWindow = "" }: ExpectedList): string {
  const isStaggered = /[1-9]/.test(staggerWindow);
  return isStaggered ? `pulling, or waiting for its share of the window (${staggerWindow})` : "pulling";
}

/** Whether no required image is meant for the node. Older agents do not say when they found that out: they end without a verdict. */
function isIdle({ record, progress, list }: Marks, { phase }: PodOnNode): boolean {
  if (progress === undefined || record.verdict !== "none") return false;
  if (record.finishedAt !== undefined) return true;
  return !list.isKept && (phase === "Running" || isAllSkipped(progress));
}

function isAllSkipped({ entries, skipped }: NodeProgress): boolean {
  return entries !== undefined && entries === skipped;
}

/** What keeps a pod from its work, if anything does; `progress` is what it has written of the list. */
function obstacleOf(
  { isBeingDeleted, waiting, ended, phase }: PodOnNode,
  progress: NodeProgress | undefined,
): readonly string[] {
  if (isBeingDeleted) return ["its pod is being deleted"];
  if (waiting !== undefined) return [cut(redactKubelet(waiting), longestReason)];
  if (ended !== undefined && isStanding(ended, progress !== undefined)) return [agentEndText(ended)];
  return phase === "Pending" || phase === "Running" ? [] : [`its pod is ${phase}`];
}

function withProgress(
  progress: NodeProgress | undefined,
): Pick<JudgedNode, "present" | "entries" | "failed" | "moreFailed"> {
  if (progress === undefined) return {};
  const { present, entries, failed, moreFailed } = progress;
  return given({
    present,
    entries,
    failed: failed.length === 0 ? undefined : failed,
    moreFailed: moreFailed === 0 ? undefined : moreFailed,
  });
}
