import { readFileSync } from "node:fs";
import type { ClusterPlan } from "../../cluster/plan.ts";
import type { FleetAccount } from "./fleet-account.ts";

/** A request as the audit log has it: `{ verb: "list", resource: "nodes", status: 200 }`. */
export interface FleetRequest {
  readonly verb: string;
  readonly resource: string;
  readonly status: number;
}

/** What the account has asked the API server so far, in order. */
export function requestsOf({ auditLog }: ClusterPlan, account: FleetAccount): readonly FleetRequest[] {
  const lines = readFileSync(auditLog, "utf8").trimEnd().split("\n");
  return lines
    .filter((line) => line.includes(`system:serviceaccount:${account.namespace}:${account.name}"`))
    .map((line) => JSON.parse(line) as AuditLine)
    .map(({ verb, objectRef, responseStatus }) => ({
      verb,
      resource: objectRef?.resource ?? "",
      status: responseStatus?.code ?? 0,
    }));
}

interface AuditLine {
  readonly verb: string;
  readonly objectRef?: { readonly resource: string };
  readonly responseStatus?: { readonly code: number };
}
