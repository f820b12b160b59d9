import type { NodeAnswer } from "../node-api.ts";
import { redact } from "../redact.ts";
import { hasCondition, type NodeConditions } from "./node-conditions.ts";

/** What the API server sends back. */
export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What the patch was about, for the answer's sentences. */
export interface PatchSubject {
  readonly nodeName: string;
  readonly key: string;
  /** Now, to which a Retry-After that is a date is compared; and the Node's creation, where the server does not say what time it is. */
  readonly date: Date;
}

/** What the API server's answer means for the agent. */
export function answerFromResponse(response: ApiResponse, subject: PatchSubject): NodeAnswer {
  const { status, text } = response;
  if (status >= 200 && status < 300) return nodeFrom(text, subject.key, dateOf(response) ?? subject.date);
  if (status === 404 && isMissingNode(text)) return { kind: "gone" };
  const message = `${messageFrom(text)} (HTTP ${status})`;
  if (status === 403 || status === 400 || status === 415 || status === 422) {
    return { kind: "refused", message: `patch nodes/${subject.nodeName}: ${redact(message)}` };
  }
  const retryAfterMs = retryAfterFrom(response.headers["retry-after"], subject.date);
  return {
    kind: "unavailable",
    message: redact(message),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Why there was no response: the connection failed. */
export function whyUnreachable(error: unknown): string {
  return `the API server cannot be reached: ${causeOf(error)}`;
}

/** The most telling cause of a connection's fault, the innermost, without what may be a secret. */
export function causeOf(error: unknown): string {
  const cause = innermost(error);
  return redact(cause instanceof Error ? cause.message : String(cause));
}

// OpenSSL's, Node.js' and a server's words for certificates, and a name that nobody has.
const wrong = /^ENOTFOUND$|CERT|^UNABLE_TO_/;

/** Whether it is the server's name, or a certificate, for which there was no connection: a next try would find the same. */
export function isServerWrong(error: unknown): boolean {
  const cause = innermost(error);
  return cause instanceof Error && wrong.test(String((cause as NodeJS.ErrnoException).code));
}

function innermost(error: unknown): unknown {
  let cause: unknown = error;
  // At most this deep, in case a chain of causes comes back to itself.
  for (let depth = 0; depth < 5 && cause instanceof Error && cause.cause !== undefined; depth += 1)
    cause = cause.cause;
  return cause;
}

/** Whether it is the API server that says so, of a Node; a proxy in between answers 404 too, and so does a wrong URL. */
function isMissingNode(text: string): boolean {
  try {
    const status = JSON.parse(text) as { reason?: unknown; details?: { kind?: unknown } } | null;
    return status?.reason === "NotFound" && status.details?.kind === "nodes";
  } catch {
    return false;
  }
}

interface NodeObject {
  readonly kind?: unknown;
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: NodeConditions;
}

/** The server's own time, to which the times in its answer belong; undefined where it does not say. */
function dateOf({ headers }: ApiResponse): Date | undefined {
  const date = new Date(headers.date ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function nodeFrom(text: string, key: string, now: Date): NodeAnswer {
  try {
    const { kind, metadata, status } = JSON.parse(text) as NodeObject;
    if (kind !== "Node") return { kind: "unavailable", message: "the API server's answer is no Node" };
    const resourceVersion = metadata?.resourceVersion;
    const ageMs = now.getTime() - Date.parse(metadata?.creationTimestamp ?? "");
    return {
      kind: "node",
      marks: {
        label: metadata?.labels?.[key],
        annotation: metadata?.annotations?.[key],
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        isUnderDiskPressure: hasCondition(status, "DiskPressure"),
        ...(Number.isNaN(ageMs) ? {} : { ageMs }),
      },
    };
  } catch {
    // A proxy's page, or a body that broke off: not the API server's word, so not an answer.
    return { kind: "unavailable", message: "the API server's answer is no JSON" };
  }
}

/** The sentence in a Kubernetes Status object, or the text's beginning. */
export function messageFrom(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // Not a Status object; the text itself is shown.
  }
  return text.slice(0, 300);
}

/** Milliseconds in a Retry-After header: seconds or a date (RFC 9110, 10.2.3). */
export function retryAfterFrom(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^[0-9]+$/.test(header)) return Number(header) * 1000;
  const dateMs = Date.parse(header);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - now.getTime());
}
