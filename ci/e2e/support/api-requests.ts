import { readFileSync } from "node:fs";
import { testCluster } from "./scene.ts";

/** A request of a pod's ServiceAccount as the API server's audit log has it. */
export interface ApiRequest {
  /** Its name without the namespace. */
  readonly serviceAccount: string;
  readonly verb: string;
  /** `nodes/story-1` */
  readonly object: string;
  readonly status: number;
  /** RFC 3339, microseconds. */
  readonly receivedAt: string;
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
  readonly objectRef?: { readonly resource: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
  readonly requestReceivedTimestamp: string;
}

/** What the agent of the namespace's releases asked the API server on `node` since `since`, in order. */
export function apiRequestsOf(namespace: string, node: string, since: Date): readonly ApiRequest[] {
  const lines = readFileSync(testCluster().auditLog, "utf8").trimEnd().split("\n");
  return lines
    .filter((line) => line.includes(`system:serviceaccount:${namespace}:`))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(
      (event) =>
        event.stage === "ResponseComplete" &&
        event.user.extra?.["authentication.kubernetes.io/node-name"]?.[0] === node &&
        new Date(event.requestReceivedTimestamp) >= since,
    )
    .map((event) => ({
      serviceAccount: event.user.username.split(":").at(-1) ?? "",
      verb: event.verb,
      object: `${event.objectRef?.resource}/${event.objectRef?.name}`,
      status: event.responseStatus?.code ?? 0,
      receivedAt: event.requestReceivedTimestamp,
    }));
}
