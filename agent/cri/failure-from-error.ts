import { type ServiceError, status } from "@grpc/grpc-js";
import type { Failure, FailureReason } from "../failure.ts";
import { redact } from "../redact.ts";

interface Rule {
  readonly reason: FailureReason;
  readonly pattern: RegExp;
}

// The runtimes' own words, most telling first. containerd wraps most failures of a pull in the code Unknown,
// so for those the text is all there is; each line has an example in failure-from-error.test.ts. Nearly every text
// quotes the image's name, which may hold any word and number but no white space: what a name could be is looked
// for behind white space only.
const rules: readonly Rule[] = [
  { reason: "no_space", pattern: /no space left on device|disk quota exceeded|ENOSPC/i },
  { reason: "no_platform", pattern: /no match for platform/i },
  { reason: "signature", pattern: /SignatureValidationFailed|signature validation failed/i },
  { reason: "corrupt", pattern: /unexpected commit digest|failed size validation|unexpected commit size/i },
  {
    reason: "invalid_reference",
    pattern: /invalid reference format|failed to parse image reference|invalid image reference/i,
  },
  { reason: "throttled", pattern: /\s\(?429\b|toomanyrequests:|too many requests/i },
  {
    reason: "unauthorized",
    pattern:
      /pull access denied|authorization failed|insufficient_scope|no basic auth credentials|\b40[13] (unauthorized|forbidden)|(?<!\S)unauthorized(?![\w./@-])/i,
  },
  {
    reason: "unavailable",
    pattern:
      /\b5\d\d (internal|bad|service|gateway)|\s\(?50[0234]\b|connection (refused|reset)|i\/o timeout|TLS handshake|no such host|server misbehaving|no route to host|network is unreachable|unexpected EOF|: EOF\b|broken pipe|context (canceled|deadline exceeded)|RegistryUnavailable|Client\.Timeout/i,
  },
  { reason: "not_found", pattern: /not found|manifest unknown|\s\(?404\b/i },
];

// grpc-js' own words for a transport that is not there or broke; a runtime's answer does not have them.
const transportGone =
  /No connection established|ECONNREFUSED|ENOENT|EACCES|ECONNRESET|EPIPE|Connection dropped|Channel has been shut down|channel is closed|Stream refused|stream terminated|Received RST_STREAM|Protocol error|GOAWAY/i;

const reasonOfCode: ReadonlyMap<number, FailureReason> = new Map([
  [status.NOT_FOUND, "not_found"],
  [status.INVALID_ARGUMENT, "invalid_reference"],
  [status.UNAUTHENTICATED, "unauthorized"],
  [status.PERMISSION_DENIED, "unauthorized"],
  [status.RESOURCE_EXHAUSTED, "throttled"],
  [status.UNAVAILABLE, "unavailable"],
  [status.DEADLINE_EXCEEDED, "runtime_down"],
  // The agent did not cancel (that is an abort, not a failure): containerd's watchdog or its shutdown did.
  [status.CANCELLED, "unavailable"],
]);

/** What the failed CRI call `error` means; its message is free of secrets. */
export function failureFromError(error: unknown): Failure {
  if (!isServiceError(error)) return { reason: "internal", message: redact(String(error)) };
  const text = error.details || error.message;
  return { reason: reasonOf(error.code, text), message: redact(text) };
}

function reasonOf(code: number, text: string): FailureReason {
  if (isTransportGone(code, text)) return "runtime_down";
  const rule = rules.find(({ pattern }) => pattern.test(text));
  return rule?.reason ?? reasonOfCode.get(code) ?? "unknown";
}

function isTransportGone(code: number, text: string): boolean {
  const mayBeTransport = code === status.UNAVAILABLE || code === status.INTERNAL || code === status.CANCELLED;
  return (
    mayBeTransport && transportGone.test(text) && !/failed to (pull|resolve|copy|do request)/i.test(text)
  );
}

/** Whether `error` came from grpc-js with a status. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof (error as Partial<ServiceError>).code === "number";
}
