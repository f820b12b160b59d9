import type { Clock } from "../clock.ts";
import type { LabelFinding } from "../findings.ts";
import { given } from "../given.ts";
import { appliesTo, type Entry } from "../image-list.ts";
import type { NodeAnswer, NodeApi, NodeChange } from "../node-api.ts";
import { changeTo, foreignOwnerOf, keyOf, type NodeRecord, standingRecordFrom } from "../node-record.ts";
import type { PrefetchSettings } from "../settings.ts";
import { foreignOwner } from "./sentences.ts";

/** What the look at the label needs besides the settings. */
export interface LabelSubject {
  /** The Node as it was read. */
  readonly node: NodeAnswer;
  /** One whose requests are all dry runs. */
  readonly nodeApi: NodeApi;
  readonly clock: Clock;
  readonly entries: readonly Entry[];
  readonly revision: string;
  readonly platform: string;
}

/** What stands on the Node, and whether the API server would take `succeeded` from this agent: it is asked by a dry run. */
export async function inspectLabel(
  settings: PrefetchSettings,
  subject: LabelSubject,
  signal: AbortSignal,
): Promise<LabelFinding> {
  const { node, nodeApi } = subject;
  const key = keyOf(settings.instance);
  if (node.kind !== "node") return { key, ...given({ problem: problemWith(node, settings) }) };
  const { label: value, annotation } = node.marks;
  const { owner, revision, finishedAt } = standingRecordFrom(annotation);
  const answer = await nodeApi.write(successFor(settings, subject), signal);
  const foreign = foreignOwnerOf(node.marks, settings.owner, settings.takeOver);
  const problem = foreign === undefined ? problemWith(answer, settings) : foreignOwner(settings, foreign);
  return {
    key,
    ...given({ value, owner, revision, finishedAt, problem }),
    isWritable: answer.kind === "node",
  };
}

/** What the agent would write if all went well. */
function successFor(settings: PrefetchSettings, subject: LabelSubject): NodeChange {
  const { entries, revision, platform, clock } = subject;
  const present = entries.filter((entry) => appliesTo(entry, platform)).length;
  const record: NodeRecord = {
    v: 1,
    revision,
    owner: settings.owner,
    verdict: "succeeded",
    finishedAt: clock.date().toISOString(),
    entries: entries.length,
    present,
    skipped: entries.length - present,
    failed: [],
    ...(settings.sample ? { sample: true } : {}),
  };
  // Without the Node's version, since somebody else may change the Node at this moment and the next try would succeed.
  return changeTo(record, { label: undefined, annotation: undefined });
}

function problemWith(answer: NodeAnswer, { nodeName, instance }: PrefetchSettings): string | undefined {
  if (answer.kind === "node") return undefined;
  if (answer.kind === "gone") return `the API server has no node ${nodeName}`;
  return `the label ${keyOf(instance)} cannot be written on node ${nodeName}: ${answer.message}`;
}

/**
 * The reasons of the failures that the Node's annotation has, by image; none unless the label says `failed` of this revision and
 * this owner.
 */
export function lastFailuresIn(
  node: NodeAnswer,
  { owner }: PrefetchSettings,
  revision: string | undefined,
): ReadonlyMap<string, string> {
  if (node.kind !== "node" || node.marks.label !== "failed") return new Map();
  const { annotation } = node.marks;
  const standing = standingRecordFrom(annotation);
  if (standing.owner !== owner || standing.revision !== revision) return new Map();
  // An owner was read from it, so it is an object.
  const { failed } = JSON.parse(annotation ?? "{}") as { failed?: unknown };
  const entries: readonly unknown[] = Array.isArray(failed) ? failed : [];
  return new Map(
    entries
      .map((entry) => (entry ?? {}) as { image?: unknown; reason?: unknown })
      .flatMap(({ image, reason }) => (typeof image === "string" ? [[image, String(reason)] as const] : [])),
  );
}
