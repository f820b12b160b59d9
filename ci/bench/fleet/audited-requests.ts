import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A request for a Node as the API server's audit log has it. */
export interface AuditedRequest {
  readonly verb: string;
  readonly nodeName: string;
  readonly status: number;
  readonly receivedAtMs: number;
}

/** How long the log is now, in bytes. */
export function lengthOfAudit(auditLog: string): number {
  return existsSync(auditLog) ? statSync(auditLog).size : 0;
}

/** What ServiceAccounts have asked of Nodes since the log was that long, in the order in which it was answered. */
export function auditedSince(auditLog: string, length: number): readonly AuditedRequest[] {
  const isBegunAnew = lengthOfAudit(auditLog) < length;
  const text = isBegunAnew
    ? textFrom(latestPutAside(auditLog), length) + textFrom(auditLog, 0)
    : textFrom(auditLog, length);
  // What follows the last line's end is being written.
  const lines = text.split("\n").slice(0, -1);
  return lines.flatMap((line) => requestIn(line) ?? []);
}

const lookEveryMs = 100;

/**
 * What was asked since the log was that long, once `isAll` says that it is: the API server writes a request's line after it has answered it.
 * When `timeoutMs` are over it is what has come by then.
 */
export async function allAuditedSince(
  auditLog: string,
  length: number,
  isAll: (requests: readonly AuditedRequest[]) => boolean,
  timeoutMs = 10_000,
): Promise<readonly AuditedRequest[]> {
  const endMs = performance.now() + timeoutMs;
  let requests = auditedSince(auditLog, length);
  while (!isAll(requests) && performance.now() < endMs) {
    await sleep(lookEveryMs);
    requests = auditedSince(auditLog, length);
  }
  return requests;
}

/** The log before the one of now: the API server begins a new one every 100 MB, and gives the former the time as a part of its name. */
function latestPutAside(auditLog: string): string {
  const [folder, { name, ext }] = [dirname(auditLog), parse(auditLog)];
  const former = readdirSync(folder).filter((file) => file.startsWith(`${name}-`) && file.endsWith(ext));
  return join(folder, former.toSorted().at(-1) ?? "");
}

function textFrom(path: string, begin: number): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(fstatSync(file).size - begin);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, begin)).toString();
  } finally {
    closeSync(file);
  }
}

function requestIn(line: string): AuditedRequest | undefined {
  if (!line.includes('"resource":"nodes"')) return undefined;
  const { verb, objectRef, responseStatus, requestReceivedTimestamp } = JSON.parse(line) as AuditLine;
  return {
    verb,
    nodeName: objectRef?.name ?? "",
    status: responseStatus?.code ?? 0,
    receivedAtMs: Date.parse(requestReceivedTimestamp),
  };
}

interface AuditLine {
  readonly verb: string;
  readonly objectRef?: { readonly name?: string };
  readonly responseStatus?: { readonly code: number };
  readonly requestReceivedTimestamp: string;
}
