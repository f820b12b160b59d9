import type { Verdict } from "./outcome.ts";

/** What stands on the Node under one instance's key, undefined where nothing does, and what else a round needs of it. */
export interface NodeMarks {
  /** The label's value; anybody may have written it, so it is any text. */
  readonly label: string | undefined;
  readonly annotation: string | undefined;
  /** The Node's version at that time; undefined where the server said none. */
  readonly resourceVersion?: string;
  /** Whether the Node reports the condition DiskPressure. */
  readonly isUnderDiskPressure?: boolean;
  /** How long ago the Node was created, in milliseconds by the API server's clock; undefined where the server did not say when. */
  readonly ageMs?: number;
}

/** What the agent makes of the Node's label and annotation in one patch. */
export interface NodeChange {
  /** The label's new value; undefined removes the label. */
  readonly label: Verdict | undefined;
  readonly annotation: string;
  /** The Node's version that the change rests on; the server refuses it where the Node has changed since. */
  readonly resourceVersion?: string;
}

export type NodeAnswer =
  | { readonly kind: "node"; readonly marks: NodeMarks }
  /** There is no such Node. */
  | { readonly kind: "gone" }
  /** The API server understood and said no: rights, an admission policy, or a fault in the request. */
  | { readonly kind: "refused"; readonly message: string }
  /** No answer, or one that says to try again; `retryAfterMs` where the server said when. */
  | { readonly kind: "unavailable"; readonly message: string; readonly retryAfterMs?: number };

/**
 * The one Node and the one key that an agent works on. Each call is one request with a limit of 10 s, never tried
 * again by itself. A failure is an answer; a call rejects only when `signal` aborts, with its reason.
 */
export interface NodeApi {
  /** What stands there now. It is a patch that changes nothing, so that the right to patch suffices. */
  read(signal: AbortSignal): Promise<NodeAnswer>;
  /** Writes label and annotation in one patch, all other keys untouched; answers what stands there afterwards. */
  write(change: NodeChange, signal: AbortSignal): Promise<NodeAnswer>;
}
