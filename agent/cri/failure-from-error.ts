import { type ServiceError, status } from "@grpc/grpc-js";
import type { Failure, FailureReason } from "../failure.ts";
import { redact } from "../redact.ts";
import { reasonOfHttpStatus, reasonOfRegistryError, reasonOfWords } from "./failure-from-words.ts";
import { type StatusDetail, statusDetailsOf } from "./status-details.ts";

/** What the failed CRI call `error` means; its message is free of secrets. */
export function failureFromError(error: unknown): Failure {
  if (!isServiceError(error)) return { reason: "internal", message: redact(String(error)) };
  const text = error.details || error.message;
  return { reason: reasonOf(error, text), message: redact(text) };
}

/** Whether `error` came from grpc-js with a status. */
export function isServiceError(error: unknown): error is ServiceError {
  const { code, details } = error instanceof Error ? (error as Partial<ServiceError>) : {};
  // An abort's DOMException has a number for its code too.
  return typeof code === "number" && typeof details === "string";
}

/** Typed details first, the code second, the words last. */
function reasonOf({ code, metadata }: ServiceError, text: string): FailureReason {
  if (isRuntimeGone(code, text)) return "runtime_down";
  return (
    reasonOfDetails(statusDetailsOf(metadata)) ??
    reasonOfClearCode(code, text) ??
    reasonOfWords(text) ??
    reasonOfCode.get(code) ??
    "unknown"
  );
}

// grpc-js' own words for a transport that is not there or broke; a runtime's answer does not have them.
const transportGone =
  /No connection established|Connection dropped|ECONNRESET|EPIPE|Channel closed|Stream refused|Received RST_STREAM/;

// What containerd answers between the moment it takes connections and the moment it knows its own images.
const startingUp = /server is not initialized yet/;

function isRuntimeGone(code: number, text: string): boolean {
  if (startingUp.test(text)) return true;
  const mayBeTransport = code === status.UNAVAILABLE || code === status.INTERNAL;
  return mayBeTransport && transportGone.test(text) && !text.includes("failed to pull");
}

/** The registry's own answer, wherever it stands among the details, before what else is told of it. */
function reasonOfDetails(details: readonly StatusDetail[]): FailureReason | undefined {
  const first = (reasonIn: (detail: StatusDetail) => FailureReason | undefined) =>
    details.map(reasonIn).find((reason) => reason !== undefined);
  return (
    first((detail) => (detail.kind === "http" ? reasonOfHttpStatus(detail.statusCode) : undefined)) ??
    first((detail) => (detail.kind === "error" ? reasonOfRegistryError(detail.message) : undefined))
  );
}

/**
 * The reason where the code is clear. Most are not: containerd gives the code Unknown to most failures of a pull, and
 * the code of the first typed error in the chain to the others, however little that says about the pull.
 */
function reasonOfClearCode(code: number, text: string): FailureReason | undefined {
  switch (code) {
    case status.NOT_FOUND:
      // Also the code of what was found and is not what it should be, and of what the node's own store has lost.
      if (reasonOfWords(text) === "no_platform") return "no_platform";
      return /unexpected media type|: blob not found/.test(text) ? "unknown" : "not_found";
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return "unauthorized";
    default:
      return undefined;
  }
}

// For a text that says nothing. InvalidArgument is not among them: no bad reference has this code in any containerd
// that was tried, but an empty manifest and one of a format that is no longer supported have.
const reasonOfCode: ReadonlyMap<number, FailureReason> = new Map([
  [status.RESOURCE_EXHAUSTED, "throttled"],
  [status.UNAVAILABLE, "unavailable"],
  // The agent's own limit for a local call; a runtime's own limits have words for what was waited for.
  [status.DEADLINE_EXCEEDED, "runtime_down"],
  // The agent did not cancel (that is an abort, not a failure): containerd's watchdog or its shutdown did.
  [status.CANCELLED, "unavailable"],
]);
