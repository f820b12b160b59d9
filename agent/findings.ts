/** What `prefetcher inspect` found on its node: plain data, one JSON document, free of secrets. */
export interface NodeFindings {
  readonly v: 1;
  /** The version of the agent that looked. */
  readonly agent: string;
  readonly node: string;
  readonly instance: string;
  /** `<namespace>/<release>` */
  readonly owner: string;
  /** This node's, `os/arch`. */
  readonly platform: string;
  readonly runtime: RuntimeFinding;
  readonly list: ListFinding;
  /** In the list's order. */
  readonly images: readonly ImageFinding[];
  /** What could not be used of the sources of credentials, a sentence each. */
  readonly credentialProblems: readonly string[];
  readonly disk: DiskFinding;
  readonly label: LabelFinding;
}

export interface RuntimeFinding {
  readonly socket: string;
  /** What answered; undefined where nothing usable did. */
  readonly version?: { readonly name: string; readonly version: string; readonly apiVersion: string };
  /** The Unix sockets that can be seen in the socket's directory, absolute paths. */
  readonly sockets: readonly string[];
  /** Why the agent would end with 5. */
  readonly problem?: string;
}

export interface ListFinding {
  readonly entries: number;
  readonly pullPolicy: string;
  /** Counted over the list as the agent found it; undefined where it could not be read. */
  readonly revision?: string;
  /** Why the agent would end with 2: unreadable, empty, nothing required in it, or not of the revision that it should have. */
  readonly problem?: string;
}

/** Whether an image is in the runtime's store. `skipped`: meant for other platforms. `unknown`: the runtime did not say. */
export type ImageState = "present" | "missing" | "unknown" | "skipped" | "invalid";

export interface ImageFinding {
  /** The reference, without what may be a secret in it. */
  readonly image: string;
  readonly isRequired: boolean;
  readonly state: ImageState;
  /** Stands there for an image that is present. */
  readonly imageId?: string;
  /** Why it is `invalid` or `unknown`. */
  readonly message?: string;
  /**
   * Where the credentials come from that a pull would use, in the order in which it would; empty where it would use none. Undefined
   * where nobody asked, or the sources took too long.
   */
  readonly credentials?: readonly string[];
  /** The reason that the Node's annotation gives, where the last round over this list failed with the image. */
  readonly lastFailure?: string;
}

export interface DiskFinding {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** What must stay free, in percent; 0 for no guard. */
  readonly minFreePercent: number;
  /** What the Node says; undefined where it could not be asked. */
  readonly isUnderDiskPressure?: boolean;
  /** Why no pull would be started. */
  readonly problem?: string;
}

export interface LabelFinding {
  readonly key: string;
  /** The label's value; undefined where there is none, or the Node could not be read. */
  readonly value?: string;
  /** Who the annotation says owns it. */
  readonly owner?: string;
  /** The revision that the annotation speaks for. */
  readonly revision?: string;
  /** When the round ended that the label speaks for, RFC 3339. */
  readonly finishedAt?: string;
  /** Whether the API server would take the agent's `succeeded`; undefined where it was not asked, as the Node could not be read. */
  readonly isWritable?: boolean;
  /** Why the label could not be written: the API server's words, or another owner. */
  readonly problem?: string;
}

/** What a person should know of the findings. */
export interface Judgement {
  /** What would keep the node from `succeeded`, a sentence each. */
  readonly problems: readonly string[];
  /** What may matter, or may not. */
  readonly notes: readonly string[];
}

/** What the findings come to. Pure, so that whoever reads the document comes to the same. */
export function judgementOf(findings: NodeFindings): Judgement {
  const { runtime, list, disk, label, images, credentialProblems } = findings;
  const counting = images.filter(({ isRequired, state }) => isRequired && state !== "skipped");
  const missing = images.filter(({ state }) => state === "missing");
  const toPull = counting.filter((image) => isToPull(image, list));
  const needsDisk = runtime.problem !== undefined || toPull.length > 0;
  // A source that cannot be used may be one that nothing needs; it is to blame only where an image that is to be pulled has no other.
  const needsSources = toPull.some(({ credentials }) => credentials?.length === 0);
  const problems = [
    ...sentences(runtime.problem, list.problem, label.problem),
    ...(needsDisk ? sentences(disk.problem) : []),
    ...counting.flatMap((image) => problemOfImage(image, list)),
    ...(needsSources ? credentialProblems : []),
  ];
  const notes = [
    ...(needsDisk ? [] : sentences(disk.problem)),
    ...(needsSources ? [] : credentialProblems),
    ...(missing.length === 0 ? [] : [missingNote(missing.length)]),
    ...(images.length > 0 && counting.length === 0
      ? ["no required image is meant for this node's platform, so it gets no label"]
      : []),
  ];
  return { problems, notes };
}

/** Whether a round asks a registry for it: policy Always has an image confirmed that is there. */
function isToPull({ state }: ImageFinding, { pullPolicy }: ListFinding): boolean {
  return state === "missing" || (state === "present" && pullPolicy === "Always");
}

function problemOfImage(finding: ImageFinding, list: ListFinding): readonly string[] {
  const { image, state, message, lastFailure } = finding;
  if (state === "invalid") return [`${image}: ${message}`];
  if (state === "unknown" && message !== undefined) return [`${image}: ${message}`];
  if (lastFailure === undefined || !isToPull(finding, list)) return [];
  const what = state === "missing" ? "is missing" : "is here, but has to be confirmed with its registry";
  return [`${image} ${what}, and the last round failed with it: ${lastFailure}`];
}

function missingNote(count: number): string {
  return `${count} of the images ${count === 1 ? "is" : "are"} not here yet; no registry was asked whether a pull would succeed`;
}

function sentences(...found: readonly (string | undefined)[]): readonly string[] {
  return found.filter((sentence) => sentence !== undefined);
}
