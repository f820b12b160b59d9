import { type FailureReason, failureReasonFrom } from "./failure.ts";
import type { NodeChange, NodeMarks } from "./node-api.ts";
import type { FailedEntry, Verdict } from "./outcome.ts";

/** The key of an instance's label and of its annotation, which is the same. */
export function keyOf(instance: string): string {
  return `image-prefetcher.stackrox.io/${instance}`;
}

/** Why `instance` cannot be a label's name, as a sentence; undefined where it can. It is never rewritten. */
export function instanceProblem(instance: string): string | undefined {
  if (instance.length > 63) {
    return `the instance ${JSON.stringify(instance)} has ${instance.length} characters; a label's name has 63 at most`;
  }
  if (/^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(instance)) return undefined;
  return (
    `the instance ${JSON.stringify(instance)} is no label name: it may have letters, digits, '-', '_' and '.', ` +
    "and must begin and end with a letter or a digit"
  );
}

/** What the annotation says: whose list the label speaks for, and how the last round over it ended. */
export interface NodeRecord {
  readonly v: 1;
  readonly revision: string;
  /** `<namespace>/<release>` */
  readonly owner: string;
  /** `none` while the list is being worked on, and where none of its required entries is meant for this node. */
  readonly verdict: Verdict | "none";
  /** When the round ended, RFC 3339; left out while the list is being worked on. */
  readonly finishedAt?: string;
  readonly entries: number;
  readonly present: number;
  readonly skipped: number;
  readonly failed: readonly FailedEntry[];
  /** How many further failed entries there was no room for. */
  readonly moreFailed?: number;
  /** The list is the chart's sample list. */
  readonly sample?: true;
}

// The contract's limit. All annotations of a Node together may have 256 KiB, and every watcher of Nodes gets them.
const maxAnnotationBytes = 2048;

// `{"image":"x","reason":"y"}`; so that a list of thousands that failed is not written out thousands of times.
const leastFailedEntryBytes = 26;

/** The record as the annotation's text, of 2 KiB at most: failed entries that do not fit are cut and counted. */
export function annotationFromRecord(record: NodeRecord): string {
  const mayFit = Math.min(record.failed.length, Math.floor(maxAnnotationBytes / leastFailedEntryBytes));
  for (let shown = mayFit; shown > 0; shown -= 1) {
    const text = JSON.stringify(withFirstFailed(record, shown));
    if (Buffer.byteLength(text) <= maxAnnotationBytes) return text;
  }
  return JSON.stringify(withFirstFailed(record, 0));
}

function withFirstFailed(record: NodeRecord, shown: number): NodeRecord {
  const cut = record.failed.length - shown;
  if (cut === 0) return record;
  return { ...record, failed: record.failed.slice(0, shown), moreFailed: cut };
}

/** What of a standing annotation matters to an agent; all undefined where it is no JSON object of ours. */
export interface StandingRecord {
  readonly revision: string | undefined;
  readonly owner: string | undefined;
  readonly verdict: string | undefined;
  readonly finishedAt: string | undefined;
}

/** Reads an annotation that anybody may have written. Never throws. */
export function standingRecordFrom(annotation: string | undefined): StandingRecord {
  const fields = fieldsOf(annotation);
  const textOf = (field: string) => {
    const value = fields[field];
    return typeof value === "string" ? value : undefined;
  };
  return {
    revision: textOf("revision"),
    owner: textOf("owner"),
    verdict: textOf("verdict"),
    finishedAt: textOf("finishedAt"),
  };
}

/**
 * Why entries failed by a standing annotation, by their display names; undefined where it does not name all of them, or is none of that list and
 * owner that says how a round ended. Never throws.
 */
export function standingFailuresFrom(
  annotation: string | undefined,
  { revision, owner }: Pick<NodeRecord, "revision" | "owner">,
): ReadonlyMap<string, FailureReason> | undefined {
  const standing = standingRecordFrom(annotation);
  const isOurs = standing.revision === revision && standing.owner === owner;
  const { failed, moreFailed, finishedAt } = fieldsOf(annotation);
  if (!isOurs || finishedAt === undefined || moreFailed !== undefined || !Array.isArray(failed))
    return undefined;
  const failures = new Map<string, FailureReason>();
  for (const each of failed) {
    const { image, reason } = Object(each) as Readonly<Record<string, unknown>>;
    if (typeof image === "string") failures.set(image, failureReasonFrom(reason) ?? "unknown");
  }
  return failures;
}

/** The fields of an annotation that anybody may have written; none where it is no JSON object. Never throws. */
export function fieldsOf(annotation: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(annotation ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Whatever stands there, it names no owner: it is overwritten like a label without an annotation.
    return {};
  }
}

/** The owner in the annotation if it is neither `owner` nor the one whose remains `takeOver` accepts. */
export function foreignOwnerOf(
  marks: NodeMarks,
  owner: string,
  takeOver: string | undefined,
): string | undefined {
  const standing = standingRecordFrom(marks.annotation).owner;
  return standing === owner || standing === takeOver ? undefined : standing;
}

/** The change that makes the Node say `record`; the server takes it only if the Node is still as `marks` say. */
export function changeTo(record: NodeRecord, marks: NodeMarks): NodeChange {
  const { resourceVersion } = marks;
  return {
    label: record.verdict === "none" ? undefined : record.verdict,
    annotation: annotationFromRecord(record),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** Whether the Node says `verdict` of that owner's list of that revision, whatever else it says of it. */
export function saysVerdict(
  verdict: NodeRecord["verdict"],
  { revision, owner }: Pick<NodeRecord, "revision" | "owner">,
  { label, annotation }: NodeMarks,
): boolean {
  const standing = standingRecordFrom(annotation);
  return (
    label === (verdict === "none" ? undefined : verdict) &&
    standing.verdict === verdict &&
    standing.revision === revision &&
    standing.owner === owner
  );
}

/** Whether the Node says all of `record` already, whenever it was found out. */
export function isSaid(record: NodeRecord, marks: NodeMarks): boolean {
  if (marks.label !== (record.verdict === "none" ? undefined : record.verdict)) return false;
  const { finishedAt } = standingRecordFrom(marks.annotation);
  const asOfThen = finishedAt === undefined ? record : { ...record, finishedAt };
  return annotationFromRecord(asOfThen) === marks.annotation;
}
